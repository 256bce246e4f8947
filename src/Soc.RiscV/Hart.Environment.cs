using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV;

/// <content>menvcfg and what it grants, state enables, cache blocks, reservations.</content>
public sealed partial class Hart
{
    private const ulong BlockBytes = 64;

    private int _dataContext;

    /// <summary>The bits of sip that S-mode clears: the software and the counter-overflow interrupt.</summary>
    internal const ulong SupervisorClearable = (1UL << 1) | (1UL << 13);

    /// <summary>The interrupts that can be delegated.</summary>
    internal ulong SupervisorInterrupts => Has(Extensions.Sscofpmf) ? 0x2222UL : 0x222UL;

    /// <summary>The bits of mip that M-mode writes: not STIP when stimecmp drives it.</summary>
    internal ulong SoftwareInterrupts => IsSupervisorTimerOn ? SupervisorInterrupts & ~Bit(InterruptLine.SupervisorTimer) : SupervisorInterrupts;

    internal bool PageMemoryTypes => (State.Menvcfg & EnvironmentConfiguration.PageMemoryTypes) != 0;

    /// <summary>Whether M-mode has granted S-mode a piece of state (Smstateen).</summary>
    internal bool StateEnabled(int index, ulong field) =>
        _mode == PrivilegeMode.Machine || !Has(Extensions.Smstateen) || (State.StateEnable[index] & field) != 0;

    internal void WriteEnvironment(ulong value)
    {
        ulong changed = State.Menvcfg;
        State.Menvcfg = EnvironmentConfiguration.Legalise(value, EnvironmentConfiguration.OfMachine(Extensions));
        changed ^= State.Menvcfg;
        if ((changed & EnvironmentConfiguration.PageMemoryTypes) != 0)
        {
            _tlb.FlushContexts(TlbContexts.Translated | TlbContexts.AllGuest);
        }

        if ((changed & EnvironmentConfiguration.SupervisorTimer) != 0)
        {
            State.SoftwarePending &= ~Bit(InterruptLine.SupervisorTimer);
            UpdateSupervisorTimer();
            UpdateGuestTimer();
        }

        Attend();
    }

    internal void WriteSecurity(ulong value)
    {
        Protection.WriteSecurityConfiguration(value);
        OnProtectionChanged();
    }

    /// <summary>CBO.INVAL, CBO.CLEAN, CBO.FLUSH: memory is always coherent, so only the permission to load or store is checked.</summary>
    internal Flow ManageBlock(in DecodedInstruction i, ulong enable)
    {
        if (!IsGranted(enable, out bool hidden))
        {
            return hidden ? Virtual(this, i) : Illegal(this, i);
        }

        ulong address = _x[i.Rs1];
        int cause = _walker.Walk(address, 1, AccessKind.Load, _dataContext, out _);
        if (cause == TrapCause.LoadAccessFault)
        {
            // PMP can allow stores alone; page tables cannot.
            cause = _walker.Walk(address, 1, AccessKind.Store, _dataContext, out _);
        }

        return cause switch
        {
            0 => Flow.Next,
            TrapCause.LoadPageFault => Trap(TrapCause.StorePageFault, address),
            TrapCause.LoadGuestPageFault => Trap(TrapCause.StoreGuestPageFault, address),
            _ => Trap(cause, address),
        };
    }

    /// <summary>CBO.ZERO.</summary>
    internal Flow ZeroBlock(in DecodedInstruction i)
    {
        if (!IsGranted(EnvironmentConfiguration.ZeroEnable, out bool hidden))
        {
            return hidden ? Virtual(this, i) : Illegal(this, i);
        }

        ulong address = _x[i.Rs1];
        ulong block = address & ~(BlockBytes - 1);
        for (ulong offset = 0; offset < BlockBytes; offset += 8)
        {
            _accesses++;
            TlbOutcome outcome = _tlb.Write(block + offset, 8, 0);
            if (outcome != TlbOutcome.Ok)
            {
                ChargeTlb();
                return Trap(outcome == TlbOutcome.WalkFault ? _tlb.Fault.Code : TrapCause.StoreAccessFault, address);
            }
        }

        ChargeTlb();
        return Flow.Next;
    }

    /// <summary>WRS: the others get their turn; a stall may end for any reason.</summary>
    internal Flow WaitForStore(in DecodedInstruction i, bool limited)
    {
        // Without a limit of its own WRS.NTO obeys TW as WFI does below M-mode; a limit of zero is a legal one.
        if (!limited && _mode != PrivilegeMode.Machine && (State.Mstatus & MachineStatus.Tw) != 0)
        {
            return Illegal(this, i);
        }

        if (!limited && _virtual && (State.Hypervisor.Hstatus & HypervisorStatus.TrapWait) != 0)
        {
            return Virtual(this, i);
        }

        _spinning = _configuration.YieldOnSpin;
        return Flow.Refetch;
    }

    /// <summary>SFENCE.W.INVAL and SFENCE.INVAL.IR: S-mode's and M-mode's; mstatus.TVM does not matter.</summary>
    internal Flow FenceInvalidations(in DecodedInstruction i) => _mode == PrivilegeMode.User ? RefuseHypervisor(i) : Flow.Next;

    /// <summary>Whether the levels above grant an instruction by a field of their xenvcfg.</summary>
    /// <param name="field">The field.</param>
    /// <param name="hidden">Whether only a hypervisor, or VS-mode for VU-mode, refuses it.</param>
    private bool IsGranted(ulong field, out bool hidden)
    {
        bool machine = _mode == PrivilegeMode.Machine || (State.Menvcfg & field) != 0;
        bool supervisor = _mode != PrivilegeMode.User || (State.Senvcfg & field) != 0;
        bool hypervisor = !_virtual || (State.Hypervisor.Henvcfg & field) != 0;
        hidden = machine && _virtual;
        return machine && supervisor && hypervisor;
    }
}
