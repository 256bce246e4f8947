using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV;

/// <content>The hypervisor extension (privileged ISA, chapter "H"): virtual modes, what a hypervisor keeps from them, HLV and HSV, fences of guests.</content>
public sealed partial class Hart
{
    // mtinst and htinst after a fault of an implicit access for the first stage (table "Special pseudoinstruction values").
    private const ulong ReadOfTable = 0x3000;
    private const ulong WriteOfTable = 0x3020;

    // V. Whoever changes it calls UpdateContexts.
    private bool _virtual;

    // The instruction under way as mtinst and htinst show it; 0 when it is not known or not to be shown.
    private ulong _transformed;

    /// <summary>Whether the mode is VS or VU (V = 1).</summary>
    public bool IsVirtualized => _virtual;

    /// <summary>VSSI, VSTI and VSEI on a hart that has them.</summary>
    internal ulong GuestInterrupts => Has(Extensions.H) ? HypervisorStatus.Interrupts : 0;

    /// <summary>What S-mode or HS-mode sees of its interrupts.</summary>
    internal ulong DelegatedInterrupts => State.Mideleg & ~HypervisorStatus.Interrupts;

    internal ulong MachineWritable => Has(Extensions.H)
        ? MachineStatus.MachineWritable | MachineStatus.GuestVirtualAddress | MachineStatus.Mpv
        : MachineStatus.MachineWritable;

    internal ulong GuestTime => Time + State.Hypervisor.Htimedelta;

    /// <summary>Whether VS-mode has its own timer; M-mode's part of the answer is <see cref="HasSupervisorTimer"/>.</summary>
    internal bool HasGuestTimer => IsGuestTimerOn && !IsCounterHidden(1);

    /// <summary>vsstatus as it is read, with SD.</summary>
    internal ulong GuestStatus
    {
        get
        {
            ulong status = State.Hypervisor.Vsstatus;
            return (status & MachineStatus.Fs) == MachineStatus.Fs ? status | MachineStatus.Sd : status;
        }
    }

    /// <summary>henvcfg as far as menvcfg grants it.</summary>
    internal ulong GuestEnvironment => State.Hypervisor.Henvcfg & (State.Menvcfg | ~EnvironmentConfiguration.GrantedByMachine);

    internal bool GuestPageMemoryTypes => (GuestEnvironment & EnvironmentConfiguration.PageMemoryTypes) != 0;

    /// <summary>Whether first-stage walks set A and D bits.</summary>
    internal bool GuestAccessDirty => Has(Extensions.Svadu)
        ? (GuestEnvironment & EnvironmentConfiguration.UpdateAccessedDirty) != 0
        : HardwareAccessDirty;

    /// <summary>Whether mstatus.TVM keeps the present mode from satp and hgatp.</summary>
    internal bool TrapsTranslation => _mode == PrivilegeMode.Supervisor && !_virtual && (State.Mstatus & MachineStatus.Tvm) != 0;

    /// <summary>Whether the hypervisor keeps sip and sie from VS-mode (AIA, hvictl.VTI).</summary>
    internal bool HidesInterrupts => (State.Hypervisor.Hvictl & HypervisorStatus.TrapInterrupts) != 0;

    /// <summary>vstopi (AIA, section 6.3.3): the first of what is pending and enabled for VS-mode, and of what hvictl injects.</summary>
    internal ulong TopGuestInterrupt
    {
        get
        {
            const ulong External = 9;
            ulong control = State.Hypervisor.Hvictl;
            ulong injected = (control >> 16) & 0xFFF;
            ulong priority = control & 0xFF;
            ulong candidates = (PendingInterrupts & State.Mie & State.Hypervisor.Hideleg) >> 1;
            bool external = ((candidates >> (int)External) & 1) != 0;

            // An external interrupt without a guest interrupt file has the priority that hvictl gives it, or the last one.
            ulong externalPriority = injected == External && priority != 0 ? priority : 256;
            ulong number = external ? External : 0;
            ulong shown = Math.Min(externalPriority, 255);
            if (HidesInterrupts && injected != External)
            {
                bool before = priority != 0 ? priority < externalPriority : (control & (1UL << 9)) == 0;
                if (injected != 0 && (!external || before))
                {
                    number = injected;
                    shown = priority != 0 ? priority : (control & (1UL << 9)) == 0 ? 0UL : 255;
                }
            }
            else if (!external && !HidesInterrupts && candidates != 0)
            {
                number = (ulong)FirstOf(candidates);
                shown = 255;
            }

            return number == 0 ? 0 : (number << 16) | ((control & 0x100) != 0 ? shown : 1);
        }
    }

    // What makes a hart look for an interrupt to take, or wake up.
    private ulong WantedInterrupts => (PendingInterrupts & State.Mie) | (_virtual && HidesInterrupts && TopGuestInterrupt != 0 ? InjectedInterrupt : 0);

    private bool IsGuestTimerOn => IsSupervisorTimerOn && (State.Hypervisor.Henvcfg & EnvironmentConfiguration.SupervisorTimer) != 0;

    /// <summary>Raises a virtual-instruction exception.</summary>
    internal static Flow Virtual(Hart hart, in DecodedInstruction i) => hart.Trap(TrapCause.VirtualInstruction, i.Bits);

    /// <summary>Whether hcounteren, or for VU-mode scounteren, keeps a counter from the present virtual mode.</summary>
    internal bool IsCounterHidden(int counter) =>
        ((State.Hypervisor.Hcounteren >> counter) & 1) == 0 || (_mode == PrivilegeMode.User && ((State.Scounteren >> counter) & 1) == 0);

    /// <summary>Whether the hypervisor has granted its guests a piece of state (Smstateen).</summary>
    internal bool GuestStateEnabled(int index, ulong field) => !Has(Extensions.Smstateen) || (State.Hypervisor.StateEnable[index] & field) != 0;

    internal void WriteGuestStatus(ulong value)
    {
        ulong writable = MachineStatus.SupervisorWritable | (Has(Extensions.F) ? MachineStatus.Fs : 0);
        State.Hypervisor.Vsstatus = MachineStatus.UserLength | (value & writable);
        UpdateContexts();
        Attend();
    }

    internal void WriteGuestInterruptDelegation(ulong value)
    {
        State.Hypervisor.Hideleg = value;
        Attend();
    }

    internal void WriteGuestPending(ulong value, ulong writable)
    {
        State.Hypervisor.Hvip = (State.Hypervisor.Hvip & ~writable) | (value & writable);
        Attend();
    }

    internal void WriteMachinePending(ulong value)
    {
        WriteSoftwarePending(value, SoftwareInterrupts);
        WriteGuestPending(value, GuestInterrupts & HypervisorStatus.SoftwareInterrupt);
    }

    internal void WriteGuestEnvironment(ulong value)
    {
        ulong before = GuestEnvironment;
        State.Hypervisor.Henvcfg = EnvironmentConfiguration.Legalise(value, EnvironmentConfiguration.OfMachine(Extensions));
        if (((before ^ GuestEnvironment) & (EnvironmentConfiguration.PageMemoryTypes | EnvironmentConfiguration.UpdateAccessedDirty)) != 0)
        {
            _tlb.FlushContexts(TlbContexts.AllGuest);
        }

        UpdateGuestTimer();
    }

    internal void WriteTimeDelta(ulong value)
    {
        State.Hypervisor.Htimedelta = value;
        UpdateGuestTimer();
    }

    internal void WriteGuestTimer(ulong value)
    {
        State.Hypervisor.Vstimecmp = value;
        UpdateGuestTimer();
    }

    internal void WriteGuestTranslation(ulong value)
    {
        if (SupportsPaging((int)(value >> 60)) && value != State.Hypervisor.Vsatp)
        {
            State.Hypervisor.Vsatp = value;
            _tlb.FlushContexts(TlbContexts.AllGuest);
            Attend();
        }
    }

    /// <summary>hgatp: unlike satp's, an unsupported mode leaves the other fields effective; the mode stays.</summary>
    internal void WriteGuestPhysicalTranslation(ulong value)
    {
        ulong old = State.Hypervisor.Hgatp;
        ulong mode = SupportsPaging((int)(value >> 60)) ? value >> 60 : old >> 60;
        State.Hypervisor.Hgatp = (mode << 60) | (value & (HypervisorStatus.RootMask | HypervisorStatus.MachineIdMask));
        if (State.Hypervisor.Hgatp != old)
        {
            _tlb.FlushContexts(TlbContexts.AllGuest);
            Attend();
        }
    }

    /// <summary>HFENCE.VVMA and HINVAL.VVMA.</summary>
    internal Flow FenceGuest(in DecodedInstruction i)
    {
        if (_virtual || _mode == PrivilegeMode.User)
        {
            return RefuseHypervisor(i);
        }

        if (i.Rs1 == 0)
        {
            _tlb.FlushContexts(TlbContexts.AllGuest);
        }
        else
        {
            _tlb.FlushPage(_x[i.Rs1], TlbContexts.AllGuest);
        }

        return Flow.Refetch;
    }

    /// <summary>HFENCE.GVMA and HINVAL.GVMA. Entries hold both stages by guest virtual address, so a guest physical one empties them all.</summary>
    internal Flow FenceGuestPhysical(in DecodedInstruction i)
    {
        if (_virtual || _mode == PrivilegeMode.User)
        {
            return RefuseHypervisor(i);
        }

        if (TrapsTranslation)
        {
            return Illegal(this, i);
        }

        _tlb.FlushContexts(TlbContexts.AllGuest);
        return Flow.Refetch;
    }

    /// <summary>HLV and HLVX.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="executable">HLVX: what may be executed may be read.</param>
    internal Flow LoadOfGuest(in DecodedInstruction i, int size, bool executable)
    {
        if (!MayReachGuest)
        {
            return RefuseHypervisor(i);
        }

        UseGuestContexts(executable);
        _accesses++;
        TlbOutcome outcome = _tlb.Read(_x[i.Rs1], size, out ulong value);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return FailGuestAccess(outcome, i, AccessKind.Load);
        }

        UpdateContexts();
        _x[i.Rd] = GuestLoadResult(i.Opcode, value);
        return Flow.Next;
    }

    /// <summary>HSV.</summary>
    internal Flow StoreOfGuest(in DecodedInstruction i, int size)
    {
        if (!MayReachGuest)
        {
            return RefuseHypervisor(i);
        }

        UseGuestContexts(executable: false);
        _accesses++;
        TlbOutcome outcome = _tlb.Write(_x[i.Rs1], size, _x[i.Rs2]);
        ChargeTlb();
        if (outcome != TlbOutcome.Ok)
        {
            return FailGuestAccess(outcome, i, AccessKind.Store);
        }

        UpdateContexts();
        return Flow.Next;
    }

    /// <summary>The result of a load, HLV's included.</summary>
    private static ulong GuestLoadResult(Opcode opcode, ulong value) => opcode switch
    {
        Opcode.HlvB => (ulong)(sbyte)value,
        Opcode.HlvH => (ulong)(short)value,
        Opcode.HlvW => (ulong)(int)value,
        _ => LoadResult(opcode, value),
    };

    private static bool IsGuestAccess(Opcode opcode) => opcode is Opcode.HlvB or Opcode.HlvBu or Opcode.HlvH or Opcode.HlvHu or Opcode.HlvxHu or
        Opcode.HlvW or Opcode.HlvWu or Opcode.HlvxWu or Opcode.HlvD or Opcode.HsvB or Opcode.HsvH or Opcode.HsvW or Opcode.HsvD;

    private bool MayReachGuest => !_virtual && (_mode != PrivilegeMode.User || (State.Hypervisor.Hstatus & HypervisorStatus.UserAccess) != 0);

    /// <summary>What HS-mode has is a virtual instruction to a guest, and illegal in U-mode.</summary>
    private Flow RefuseHypervisor(in DecodedInstruction i) => _virtual ? Virtual(this, i) : Illegal(this, i);

    /// <summary>Loads and stores act as VS-mode or VU-mode until the next <see cref="UpdateContexts"/>.</summary>
    private void UseGuestContexts(bool executable)
    {
        PrivilegeMode mode = (State.Hypervisor.Hstatus & HypervisorStatus.PreviousPrivilege) != 0 ? PrivilegeMode.Supervisor : PrivilegeMode.User;
        _dataContext = TlbContexts.OfGuestData(mode, State.Hypervisor.Vsstatus, State.Mstatus, executable);
        _tlb.UseContexts(TlbContexts.OfFetch(_mode), _dataContext);
    }

    private Flow FailGuestAccess(TlbOutcome outcome, in DecodedInstruction i, AccessKind kind)
    {
        if (AccessFailed(outcome, i, kind))
        {
            return Flow.Next;
        }

        if (_pending)
        {
            UpdateContexts();
        }

        return Flow.Redirect;
    }

    /// <summary>Whether the value of an exception is an address of a guest.</summary>
    private bool IsGuestAddress(int cause) => cause switch
    {
        0 or TrapCause.InstructionAccessFault or TrapCause.Breakpoint or TrapCause.InstructionPageFault or TrapCause.InstructionGuestPageFault => _virtual,
        TrapCause.LoadAddressMisaligned or TrapCause.LoadAccessFault or TrapCause.LoadPageFault or TrapCause.LoadGuestPageFault or
        TrapCause.StoreAddressMisaligned or TrapCause.StoreAccessFault or TrapCause.StorePageFault or TrapCause.StoreGuestPageFault => TlbContexts.IsGuest(_dataContext),
        _ => false,
    };

    /// <summary>What goes to mtval2 and mtinst or to htval and htinst; to be asked once for a trap.</summary>
    private (ulong Address, ulong Instruction) TakeGuestFault(ulong cause)
    {
        if (cause is not (TrapCause.InstructionGuestPageFault or TrapCause.LoadGuestPageFault or TrapCause.StoreGuestPageFault))
        {
            return (0, 0);
        }

        // Only loads, stores and atomics leave what they look like, each for its own trap.
        ulong transformed = cause == TrapCause.InstructionGuestPageFault ? 0 : _transformed;
        _transformed = 0;
        GuestFault fault = _walker.GuestFault;
        return (fault.Address >> 2, fault.Implicit switch
        {
            AccessKind.Load => ReadOfTable,
            AccessKind.Store => WriteOfTable,
            _ => transformed,
        });
    }

    /// <summary>
    /// A faulting load, store or atomic as mtinst and htinst show it (section "Transformed Instruction or Pseudoinstruction"): without its
    /// immediate, rs1 replaced by the distance of the fault from the address of the access, bit 1 clear if it was a compressed one.
    /// </summary>
    private static ulong Transform(in DecodedInstruction i, ulong distance)
    {
        InstructionKind kind = InstructionTable.KindOf(i.Opcode);
        uint word;
        if (kind is InstructionKind.Atomic || i.Opcode is Opcode.LrW or Opcode.LrD or Opcode.ScW or Opcode.ScD || IsGuestAccess(i.Opcode))
        {
            word = i.Bits & ~(31U << 15);
        }
        else if (kind is InstructionKind.Load or InstructionKind.FloatLoad or InstructionKind.Store or InstructionKind.FloatStore)
        {
            bool loads = kind is InstructionKind.Load or InstructionKind.FloatLoad;
            word = InstructionTable.Find(i)!.Match | (loads ? Field(i.Rd) << 7 : Field(i.Rs2) << 20);
        }
        else
        {
            return 0;
        }

        return (word | ((uint)distance << 15)) & (i.Length == 2 ? ~2U : ~0U);

        static uint Field(byte register) => register == DecodedInstruction.Scrap ? 0U
            : register >= DecodedInstruction.FirstFloat ? (uint)register - DecodedInstruction.FirstFloat : register;
    }

    private ulong EnterGuestTrap(ulong cause, ulong value)
    {
        HypervisorState guest = State.Hypervisor;
        ulong status = guest.Vsstatus;
        status = (status & MachineStatus.Sie) != 0 ? status | MachineStatus.Spie : status & ~MachineStatus.Spie;
        status = _mode == PrivilegeMode.Supervisor ? status | MachineStatus.Spp : status & ~MachineStatus.Spp;
        guest.Vsstatus = status & ~MachineStatus.Sie;
        guest.Vsepc = _pc;
        guest.Vscause = cause;
        guest.Vstval = value;
        _mode = PrivilegeMode.Supervisor;
        return guest.Vstvec;
    }

    /// <summary>What a trap to HS-mode leaves in the registers of the extension.</summary>
    private void LeaveGuestForSupervisor(ulong cause, bool guestAddress)
    {
        HypervisorState state = State.Hypervisor;
        ulong status = state.Hstatus & ~(HypervisorStatus.PreviousVirtual | HypervisorStatus.GuestVirtualAddress);
        if (_virtual)
        {
            status |= HypervisorStatus.PreviousVirtual;
            status = _mode == PrivilegeMode.Supervisor ? status | HypervisorStatus.PreviousPrivilege : status & ~HypervisorStatus.PreviousPrivilege;
        }

        state.Hstatus = guestAddress ? status | HypervisorStatus.GuestVirtualAddress : status;
        (state.Htval, state.Htinst) = TakeGuestFault(cause);
        _virtual = false;
    }

    /// <summary>What a trap to M-mode leaves in the registers of the extension.</summary>
    private void LeaveGuestForMachine(ulong cause, bool guestAddress)
    {
        ulong status = State.Mstatus & ~(MachineStatus.Mpv | MachineStatus.GuestVirtualAddress);
        State.Mstatus = status | (_virtual ? MachineStatus.Mpv : 0) | (guestAddress ? MachineStatus.GuestVirtualAddress : 0);
        (State.Hypervisor.Mtval2, State.Hypervisor.Mtinst) = TakeGuestFault(cause);
        _virtual = false;
    }

    /// <summary>SRET of VS-mode.</summary>
    private Flow ReturnInGuest(in DecodedInstruction i)
    {
        HypervisorState guest = State.Hypervisor;
        if (_mode == PrivilegeMode.User || (guest.Hstatus & HypervisorStatus.TrapReturn) != 0)
        {
            return Virtual(this, i);
        }

        ulong status = guest.Vsstatus;
        PrivilegeMode previous = (status & MachineStatus.Spp) != 0 ? PrivilegeMode.Supervisor : PrivilegeMode.User;
        status = (status & MachineStatus.Spie) != 0 ? status | MachineStatus.Sie : status & ~MachineStatus.Sie;
        guest.Vsstatus = (status | MachineStatus.Spie) & ~MachineStatus.Spp;
        Return(State.Mstatus, previous, guest.Vsepc, toGuest: true);
        return Flow.Redirect;
    }
}
