using Soc.RiscV.Floating;

namespace Soc.RiscV;

/// <content>Floating point: fcsr, mstatus.FS (privileged ISA, section 3.1.6.6) and what the interpreter loop leaves to others.</content>
public sealed partial class Hart
{
    private const int FloatingOff = 0;
    private const int FloatingDirty = 3;
    private const int FflagsNumber = 0x001;
    private const int FrmNumber = 0x002;
    private const int FcsrNumber = 0x003;
    private const int MstatusNumber = 0x300;
    private const int MieNumber = 0x304;
    private const int MipNumber = 0x344;
    private const int VsstatusNumber = 0x200;
    private const int HstatusNumber = 0x600;

    private readonly FloatingState _floating = new();

    // A copy of mstatus.FS for the interpreter loop.
    private int _floatingStatus;

    /// <summary>mstatus as it is read, with SD.</summary>
    internal ulong Status => (State.Mstatus & MachineStatus.Fs) == MachineStatus.Fs ? State.Mstatus | MachineStatus.Sd : State.Mstatus;

    internal bool IsFloatingOn => _floatingStatus != FloatingOff;

    /// <summary>fcsr; a write makes the unit's state dirty.</summary>
    internal ulong FloatingControl
    {
        get => _floating.ControlAndStatus;
        set
        {
            _floating.ControlAndStatus = value;
            MarkFloatingDirty();
        }
    }

    /// <summary>A floating-point register; a write does not touch mstatus.FS.</summary>
    /// <param name="register">0..31.</param>
    public ulong ReadFloatRegister(int register) => _x[DecodedInstruction.FirstFloat + (register & 31)];

    /// <summary>Sets a floating-point register, for loaders and tests; does not touch mstatus.FS.</summary>
    /// <param name="register">0..31.</param>
    /// <param name="value">All 64 bits; a narrower number has to be NaN-boxed.</param>
    public void WriteFloatRegister(int register, ulong value) => _x[DecodedInstruction.FirstFloat + (register & 31)] = value;

    private Flow ExecuteFloatingSlowly(ref DecodedInstruction i, bool hasMode)
    {
        RoundingMode mode = (RoundingMode)((i.Bits >> 12) & 7);
        mode = mode == RoundingMode.Dynamic ? _floating.Frm : mode;
        if (!IsFloatingOn || (hasMode && mode > RoundingMode.NearestAway))
        {
            return Illegal(this, i);
        }

        // An instruction that writes an integer register leaves the unit clean unless it raises a flag, be it up already.
        FloatFlags before = _floating.Flags;
        _floating.Flags = FloatFlags.None;
        int status = _floatingStatus;
        _floatingStatus = FloatingDirty;
        ExecuteFloating(ref i, ref _x[0]);
        bool raised = _floating.Flags != FloatFlags.None;
        _floating.Flags |= before;
        if (raised || i.Rd >= DecodedInstruction.FirstFloat)
        {
            MarkFloatingDirty();
        }
        else
        {
            _floatingStatus = status;
        }

        return Flow.Next;
    }

    private bool AccessFloatLoad(ref DecodedInstruction i)
    {
        if (!IsFloatingOn)
        {
            return Follow(Illegal(this, i), i);
        }

        MarkFloatingDirty();
        return LoadSlowly(ref i);
    }

    private bool AccessFloatStore(ref DecodedInstruction i) => IsFloatingOn ? StoreSlowly(ref i) : Follow(Illegal(this, i), i);

    private void MarkFloatingDirty()
    {
        State.Mstatus |= MachineStatus.Fs;
        if (_virtual)
        {
            State.Hypervisor.Vsstatus |= MachineStatus.Fs;
        }

        _floatingStatus = FloatingDirty;
    }
}
