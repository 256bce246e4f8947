using Soc.Memory;

namespace Soc.RiscV;

/// <content>The hart's side of the RISC-V Advanced Interrupt Architecture 1.0 (Smaia, Ssaia; chapters 2, 3.8 and 5): indirect registers, top interrupts.</content>
public sealed partial class Hart
{
    // The priorities of major interrupts: read-only zero, which leaves the default order (section 5.4.2).
    private const ulong FirstPriority = 0x30;
    private const ulong LastPriority = 0x3F;
    private const ulong FirstFileRegister = 0x70;
    private const ulong LastFileRegister = 0xFF;

    /// <summary>The interrupt file of M-mode; null when the hart has no IMSIC.</summary>
    public IInterruptFile? MachineFile { get; set; }

    /// <summary>The interrupt file of S-mode; null when the hart has no IMSIC.</summary>
    public IInterruptFile? SupervisorFile { get; set; }

    /// <summary>Whether mireg or sireg leads to a register.</summary>
    internal bool HasIndirect(bool machine)
    {
        if (!Has(machine ? Extensions.Smaia : Extensions.Ssaia) || (!machine && !StateEnabled(0, StateEnable.IndirectAccess)))
        {
            return false;
        }

        if (_virtual)
        {
            // Whatever vsiselect says: there are no guest interrupt files, and priorities are the hypervisor's.
            return true;
        }

        ulong select = machine ? State.Miselect : State.Siselect;
        return select switch
        {
            // Odd ones exist on 32-bit harts.
            >= FirstPriority and <= LastPriority => select % 2 == 0 && (machine || StateEnabled(0, StateEnable.AdvancedInterrupts)),
            >= FirstFileRegister and <= LastFileRegister => FileOf(machine) is { } file &&
                (machine || StateEnabled(0, StateEnable.InterruptFile)) && file.TryUpdate(select, 0, 0, this, out _),
            _ => false,
        };
    }

    internal bool HasTopExternal(bool machine) => FileOf(machine) is not null &&
        Has(machine ? Extensions.Smaia : Extensions.Ssaia) && (machine || StateEnabled(0, StateEnable.InterruptFile));

    internal ulong ReadIndirect(bool machine) => ExchangeIndirect(machine, 0, 0);

    internal ulong ExchangeIndirect(bool machine, ulong clear, ulong set)
    {
        ulong old = 0;
        FileOf(machine)?.TryUpdate(machine ? State.Miselect : State.Siselect, clear, set, this, out old);
        return old;
    }

    /// <summary>mtopi or stopi: the major interrupt that is pending and enabled and comes first; all priorities are the same.</summary>
    internal ulong TopInterrupt(bool machine)
    {
        ulong candidates = PendingInterrupts & State.Mie & (machine ? ~State.Mideleg : State.Mideleg & ~State.Hypervisor.Hideleg);
        int number = candidates == 0 ? 0 : FirstOf(candidates);
        return number == 0 ? 0 : ((ulong)number << 16) | 1;
    }

    private IInterruptFile? FileOf(bool machine) => machine ? MachineFile : SupervisorFile;
}
