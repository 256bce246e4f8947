using Soc.RiscV.Commits;
using Soc.RiscV.Floating;
using Soc.Tlb;

namespace Soc.RiscV;

/// <content>Showing retired instructions to an observer: one instruction at a time, what it did is read off afterwards.</content>
public sealed partial class Hart
{
    private readonly CommitRecord _commit = new();
    private readonly List<int> _controlWrites = [];
    private ICommitObserver? _commits;
    private DecodedInstruction _committing;
    private ulong _commitRetired;
    private ulong _commitStatus;
    private bool _commitVirtual;
    private ulong _commitAddress;
    private ulong _commitOperand;
    private FloatFlags _commitFlags;

    /// <summary>Shows every instruction that retires from now on to an observer. Without one, nothing of this costs anything.</summary>
    public void UseCommitObserver(ICommitObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _commits = observer;
    }

    private void RunSingly(ulong now)
    {
        if (_sanitizer is not null)
        {
            RunSanitized(now);
            return;
        }

        SetTarget(now + 1);
        if (!_fetchUncached && EnterPage() is { } code)
        {
            int slot = (int)(_pc & 0xFFF) >> 1;
            GrantOne();
            BeginCommit(code, slot);
            Interpret(code, _pc & ~0xFFFUL, PageSlots);
            EndCommit();
        }
        else if (_fetchUncached)
        {
            InterpretUncached();
        }
    }

    private void BeginCommit(DecodedInstruction[] code, int slot)
    {
        if (_commits is null)
        {
            return;
        }

        if (code[slot].Opcode == Opcode.Undecoded)
        {
            Decode(_pc);
        }

        _committing = code[slot];
        _commit.HartId = HartId;
        _commit.Mode = _mode;
        _commit.ProgramCounter = _pc;
        _commit.Instruction = _committing.Bits;
        _commit.Length = _committing.Length;
        _commit.RegisterList.Clear();
        _commit.LoadList.Clear();
        _commit.StoreList.Clear();
        _controlWrites.Clear();
        _commitRetired = InstructionsRetired;
        _commitStatus = Status;
        _commitVirtual = _virtual;
        _commitAddress = _x[_committing.Rs1];
        _commitOperand = _x[_committing.Rs2];
        _commitFlags = _floating.Flags;
        if (InstructionTable.KindOf(_committing.Opcode) == InstructionKind.Float)
        {
            // What the instruction raises, also if it is up already.
            _floating.Flags = FloatFlags.None;
        }
    }

    private void EndCommit()
    {
        if (_commits is null)
        {
            return;
        }

        InstructionKind kind = InstructionTable.KindOf(_committing.Opcode);
        FloatFlags raised = _floating.Flags;
        if (kind == InstructionKind.Float)
        {
            _floating.Flags |= _commitFlags;
        }

        if (InstructionsRetired != _commitRetired + 1)
        {
            return;
        }

        AddMemory(kind);
        AddRegisters(kind == InstructionKind.Float && raised != FloatFlags.None);
        _commits.OnCommit(_commit);
    }

    private void AddRegisters(bool raised)
    {
        int rd = _committing.Rd;
        if (rd != DecodedInstruction.Scrap)
        {
            bool floating = rd >= DecodedInstruction.FirstFloat;
            _commit.RegisterList.Add(new RegisterWrite(
                floating ? RegisterFile.Float : RegisterFile.Integer, floating ? rd - DecodedInstruction.FirstFloat : rd, _x[rd]));
        }

        if (raised)
        {
            _controlWrites.Add(FflagsNumber);
        }

        // mstatus changes by its own CSRs, when floating-point state becomes dirty, and by returns from traps.
        if (_committing.Opcode == Opcode.Sret && _commitVirtual)
        {
            _controlWrites.Add(VsstatusNumber);
        }
        else if (_commitStatus != Status || _committing.Opcode is Opcode.Mret or Opcode.Sret)
        {
            _controlWrites.Add(MstatusNumber);
        }

        if (_committing.Opcode == Opcode.Sret && !_commitVirtual && Has(Extensions.H))
        {
            _controlWrites.Add(HstatusNumber);
        }

        for (int i = 0; i < _controlWrites.Count; i++)
        {
            int number = _controlWrites[i];
            if (_controlWrites.IndexOf(number) == i)
            {
                _commit.RegisterList.Add(new RegisterWrite(RegisterFile.Control, number, CsrTable.Find(number)!.Read(this)));
            }
        }
    }

    private void AddMemory(InstructionKind kind)
    {
        int size = AccessSize(_committing.Opcode);
        ulong address = _commitAddress + (ulong)(long)_committing.Immediate;
        switch (kind)
        {
            case InstructionKind.Load or InstructionKind.FloatLoad:
                _commit.LoadList.Add(address);
                break;
            case InstructionKind.Store or InstructionKind.FloatStore:
                _commit.StoreList.Add(new MemoryWrite(address, _commitOperand, size));
                break;
            case InstructionKind.Atomic:
                size = ((_committing.Bits >> 12) & 1) == 0 ? 4 : 8;
                _commit.LoadList.Add(_commitAddress);
                _commit.StoreList.Add(new MemoryWrite(_commitAddress, _tlb.Read(_commitAddress, size, out ulong stored) == TlbOutcome.Ok ? stored : 0, size));
                break;
            default:
                AddSystemMemory();
                break;
        }
    }

    private void AddSystemMemory()
    {
        switch (_committing.Opcode)
        {
            case Opcode.LrW or Opcode.LrD:
                _commit.LoadList.Add(_commitAddress);
                break;
            case Opcode.ScW or Opcode.ScD when _x[_committing.Rd] == 0:
                _commit.StoreList.Add(new MemoryWrite(_commitAddress, _commitOperand, _committing.Opcode == Opcode.ScW ? 4 : 8));
                break;
            case Opcode.HsvB or Opcode.HsvH or Opcode.HsvW or Opcode.HsvD:
                _commit.StoreList.Add(new MemoryWrite(_commitAddress, _commitOperand, 1 << (int)((_committing.Bits >> 26) & 3)));
                break;
            case var opcode when IsGuestAccess(opcode):
                _commit.LoadList.Add(_commitAddress);
                break;
            case Opcode.CboZero:
                for (ulong offset = 0; offset < BlockBytes; offset++)
                {
                    _commit.StoreList.Add(new MemoryWrite((_commitAddress & ~(BlockBytes - 1)) + offset, 0, 1));
                }

                break;
        }
    }

    /// <summary>Takes note of a CSR that an instruction writes; windows onto another register count as that one.</summary>
    private void NoteControlWrite(int number)
    {
        switch (number)
        {
            case FcsrNumber:
                _controlWrites.Add(FflagsNumber);
                _controlWrites.Add(FrmNumber);
                break;
            case 0x104 when Has(Extensions.H):
                _controlWrites.Add(number);
                _controlWrites.Add(MieNumber);
                break;
            case 0x100 or 0x104 or 0x144:
                _controlWrites.Add(number | 0x200);
                break;
            case 0x204 or 0x604:
                _controlWrites.Add(MieNumber);
                break;
            case 0x244 or 0x644:
                _controlWrites.Add(MipNumber);
                break;
            case 0x645:
                _controlWrites.Add(MipNumber);
                _controlWrites.Add(number);
                break;
            default:
                _controlWrites.Add(number);
                break;
        }
    }
}
