namespace Soc.RiscV.Csr;

/// <content>
/// The registers of the hypervisor extension (privileged ISA, chapter "H") and those of the AIA that come with it (chapter "Interrupts for
/// Virtual Machines"). A register of VS-mode has the number of S-mode's plus 0x100, and takes its place while V = 1.
/// </content>
internal static partial class CsrTable
{
    private const int GuestOffset = 0x100;

    /// <summary>The register that a virtual mode reaches by a number of S-mode's; null when both modes share one.</summary>
    public static CsrDefinition? FindGuest(int number) => s_byNumber[number + GuestOffset];

    private static CsrDefinition[] HypervisorRows() =>
    [
        // Hypervisor trap setup.
        OfHypervisor(0x600, "hstatus", h => h.State.Hypervisor.Hstatus, (h, v) => h.State.Hypervisor.Hstatus = (v & HypervisorStatus.Writable) | HypervisorStatus.Lengths),
        OfHypervisor(0x602, "hedeleg", h => h.State.Hypervisor.Hedeleg, (h, v) => h.State.Hypervisor.Hedeleg = v & HypervisorStatus.DelegableExceptions),
        OfHypervisor(0x603, "hideleg", h => h.State.Hypervisor.Hideleg, (h, v) => h.WriteGuestInterruptDelegation(v & HypervisorStatus.Interrupts)),
        OfHypervisor(0x604, "hie", h => h.State.Mie & HypervisorStatus.Interrupts, (h, v) => h.WriteInterruptEnable(v, HypervisorStatus.Interrupts)),
        OfHypervisor(0x606, "hcounteren", h => h.State.Hypervisor.Hcounteren, (h, v) => h.State.Hypervisor.Hcounteren = v & BaseCounters),

        // No guest external interrupts: GEILEN is 0.
        OfHypervisor(0x607, "hgeie", _ => 0, (_, _) => { }),
        OfHypervisor(0xE12, "hgeip", _ => 0),

        // Hypervisor trap handling.
        OfHypervisor(0x643, "htval", h => h.State.Hypervisor.Htval, (h, v) => h.State.Hypervisor.Htval = v),
        OfHypervisor(0x644, "hip", h => h.PendingInterrupts & HypervisorStatus.Interrupts, (h, v) => h.WriteGuestPending(v, HypervisorStatus.SoftwareInterrupt)),
        OfHypervisor(0x645, "hvip", h => h.State.Hypervisor.Hvip, (h, v) => h.WriteGuestPending(v, HypervisorStatus.Interrupts)),
        OfHypervisor(0x64A, "htinst", h => h.State.Hypervisor.Htinst, (h, v) => h.State.Hypervisor.Htinst = v),

        // Hypervisor configuration, translation, time.
        OfHypervisor(0x60A, "henvcfg", h => h.GuestEnvironment, (h, v) => h.WriteGuestEnvironment(v), h => h.StateEnabled(0, StateEnable.Environment)),
        OfHypervisor(0x605, "htimedelta", h => h.State.Hypervisor.Htimedelta, (h, v) => h.WriteTimeDelta(v)),
        OfHypervisor(0x680, "hgatp", h => h.State.Hypervisor.Hgatp, (h, v) => h.WriteGuestPhysicalTranslation(v), h => !h.TrapsTranslation),

        // Virtual supervisor registers.
        OfHypervisor(0x200, "vsstatus", h => h.GuestStatus, (h, v) => h.WriteGuestStatus(v)),
        OfHypervisor(0x204, "vsie", h => (h.State.Mie & h.State.Hypervisor.Hideleg) >> 1, (h, v) => h.WriteInterruptEnable(v << 1, h.State.Hypervisor.Hideleg)),
        OfHypervisor(0x205, "vstvec", h => h.State.Hypervisor.Vstvec, (h, v) => h.State.Hypervisor.Vstvec = v & ~2UL),
        OfHypervisor(0x240, "vsscratch", h => h.State.Hypervisor.Vsscratch, (h, v) => h.State.Hypervisor.Vsscratch = v),
        OfHypervisor(0x241, "vsepc", h => h.State.Hypervisor.Vsepc, (h, v) => h.State.Hypervisor.Vsepc = v & ~1UL),
        OfHypervisor(0x242, "vscause", h => h.State.Hypervisor.Vscause, (h, v) => h.State.Hypervisor.Vscause = v),
        OfHypervisor(0x243, "vstval", h => h.State.Hypervisor.Vstval, (h, v) => h.State.Hypervisor.Vstval = v),
        OfHypervisor(0x244, "vsip", h => (h.PendingInterrupts & h.State.Hypervisor.Hideleg) >> 1, (h, v) => h.WriteGuestPending(v << 1, h.State.Hypervisor.Hideleg & HypervisorStatus.SoftwareInterrupt)),
        OfHypervisor(0x24D, "vstimecmp", h => h.State.Hypervisor.Vstimecmp, (h, v) => h.WriteGuestTimer(v), h => h.HasSupervisorTimer),
        OfHypervisor(0x280, "vsatp", h => h.State.Hypervisor.Vsatp, (h, v) => h.WriteGuestTranslation(v)),

        // Machine trap handling.
        OfHypervisor(0x34A, "mtinst", h => h.State.Hypervisor.Mtinst, (h, v) => h.State.Hypervisor.Mtinst = v),
        OfHypervisor(0x34B, "mtval2", h => h.State.Hypervisor.Mtval2, (h, v) => h.State.Hypervisor.Mtval2 = v),

        // AIA: no interrupt is virtual beside the three of hvip, priorities are read-only zero, and without guest interrupt files vstopei leads nowhere.
        OfAdvancedInterrupts(0x608, "hvien", _ => 0, (_, _) => { }),
        OfAdvancedInterrupts(0x609, "hvictl", h => h.State.Hypervisor.Hvictl, (h, v) => h.State.Hypervisor.Hvictl = v & HypervisorStatus.InterruptControlWritable),
        OfAdvancedInterrupts(0x646, "hviprio1", _ => 0, (_, _) => { }),
        OfAdvancedInterrupts(0x647, "hviprio2", _ => 0, (_, _) => { }),
        OfAdvancedInterrupts(0x250, "vsiselect", h => h.State.Hypervisor.Vsiselect, (h, v) => h.State.Hypervisor.Vsiselect = v & SelectMask),
        OfAdvancedInterrupts(0xEB0, "vstopi", h => h.TopGuestInterrupt),
    ];

    private static CsrDefinition OfHypervisor(int number, string name, Func<Hart, ulong> read, Action<Hart, ulong>? write = null, Func<Hart, bool>? exists = null) =>
        new(number, name, read, write, exists is null ? h => h.Has(Extensions.H) : h => h.Has(Extensions.H) && exists(h));

    private static CsrDefinition OfAdvancedInterrupts(int number, string name, Func<Hart, ulong> read, Action<Hart, ulong>? write = null) =>
        OfHypervisor(number, name, read, write, h => h.Has(Extensions.Ssaia) && h.StateEnabled(0, name == "vsiselect" ? StateEnable.IndirectAccess : StateEnable.AdvancedInterrupts));
}
