using System.Globalization;
using Soc.RiscV.Mmu;

namespace Soc.RiscV.Csr;

/// <summary>
/// Every CSR of the hart, in the order of the privileged ISA's tables "Currently allocated RISC-V CSR addresses". What is not
/// here does not exist.
/// </summary>
internal static partial class CsrTable
{
    private const ulong DelegableExceptions = 0xB3FF;
    private const ulong BaseCounters = 7;
    private const ulong SelectMask = 0xFFF;

    private static readonly CsrDefinition?[] s_byNumber = Build();

    /// <summary>All rows.</summary>
    public static IEnumerable<CsrDefinition> All => s_byNumber.OfType<CsrDefinition>();

    /// <summary>The row of a number, 0..0xFFF, or null.</summary>
    public static CsrDefinition? Find(int number) => s_byNumber[number];

    /// <summary>The row of a name, or null.</summary>
    public static CsrDefinition? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    private static CsrDefinition?[] Build()
    {
        CsrDefinition?[] table = new CsrDefinition?[4096];
        void Add(CsrDefinition row) => table[row.Number] = row;
        foreach (CsrDefinition row in Rows().Concat(HypervisorRows()))
        {
            Add(row);
        }

        for (int i = 0; i < PhysicalMemoryProtection.Entries; i++)
        {
            int entry = i;
            if (entry % 8 == 0)
            {
                // RV64 has the even-numbered pmpcfg registers only; each holds 8 entries.
                Add(new(0x3A0 + (entry / 4), $"pmpcfg{entry / 4}", h => h.Protection.ReadConfiguration(entry), (h, v) =>
                {
                    h.Protection.WriteConfiguration(entry, v);
                    h.OnProtectionChanged();
                }));
            }

            Add(new(0x3B0 + entry, $"pmpaddr{entry}", h => h.Protection.ReadAddress(entry), (h, v) =>
            {
                h.Protection.WriteAddress(entry, v);
                h.OnProtectionChanged();
            }));
        }

        for (int i = 0; i < 4; i++)
        {
            int index = i;
            Add(new(0x10C + i, $"sstateen{i}", _ => 0, (_, _) => { }, h => h.Has(Extensions.Smstateen) && h.StateEnabled(index, StateEnable.Supervisor), IsHidden: h => !h.GuestStateEnabled(index, StateEnable.Supervisor)));
            Add(new(
                0x30C + i,
                $"mstateen{i}",
                h => h.State.StateEnable[index],
                (h, v) => h.State.StateEnable[index] = v & StateEnable.Writable(index, h.Extensions),
                h => h.Has(Extensions.Smstateen)));
            Add(new(
                0x60C + i,
                $"hstateen{i}",
                h => h.State.Hypervisor.StateEnable[index] & h.State.StateEnable[index],
                (h, v) => h.State.Hypervisor.StateEnable[index] = v & StateEnable.Writable(index, h.Extensions),
                h => h.Has(Extensions.H) && h.Has(Extensions.Smstateen) && h.StateEnabled(index, StateEnable.Supervisor)));
        }

        for (int counter = 3; counter < 32; counter++)
        {
            // Performance counters count nothing; read-only zero is a legal implementation.
            string number = counter.ToString(CultureInfo.InvariantCulture);
            int bit = counter;
            Add(new(0xC00 + counter, "hpmcounter" + number, _ => 0, Exists: h => h.CounterEnabled(bit), IsHidden: h => h.IsCounterHidden(bit)));
            Add(new(0xB00 + counter, "mhpmcounter" + number, _ => 0));
            Add(new(0x320 + counter, "mhpmevent" + number, _ => 0));
        }

        return table;
    }

    private static CsrDefinition[] Rows() =>
    [
        // Unprivileged floating point.
        new(0x001, "fflags", h => (ulong)h.FloatingControl & 0x1F, (h, v) => h.FloatingControl = (h.FloatingControl & ~0x1FUL) | (v & 0x1F), h => h.IsFloatingOn),
        new(0x002, "frm", h => h.FloatingControl >> 5, (h, v) => h.FloatingControl = (h.FloatingControl & 0x1F) | ((v & 7) << 5), h => h.IsFloatingOn),
        new(0x003, "fcsr", h => h.FloatingControl, (h, v) => h.FloatingControl = v & 0xFF, h => h.IsFloatingOn),

        // Unprivileged counters and timers (Zicntr).
        new(0xC00, "cycle", h => h.CycleCounter, Exists: h => h.CounterEnabled(0), IsHidden: h => h.IsCounterHidden(0)),
        new(0xC01, "time", h => h.IsVirtualized ? h.GuestTime : h.Time, Exists: h => h.CounterEnabled(1), IsHidden: h => h.IsCounterHidden(1)),
        new(0xC02, "instret", h => h.RetiredCounter, Exists: h => h.CounterEnabled(2), IsHidden: h => h.IsCounterHidden(2)),

        // Supervisor trap setup.
        new(0x100, "sstatus", h => h.Status & MachineStatus.SupervisorVisible, (h, v) => h.WriteStatus(v, MachineStatus.SupervisorWritable)),
        new(0x104, "sie", h => h.State.Mie & h.DelegatedInterrupts, (h, v) => h.WriteInterruptEnable(v, h.DelegatedInterrupts), IsHidden: h => h.HidesInterrupts),
        new(0x105, "stvec", h => h.State.Stvec, (h, v) => h.State.Stvec = v & ~2UL),
        new(0x106, "scounteren", h => h.State.Scounteren, (h, v) => h.State.Scounteren = v & BaseCounters),
        new(0x10A, "senvcfg", h => h.State.Senvcfg, (h, v) => h.State.Senvcfg = EnvironmentConfiguration.Legalise(v, EnvironmentConfiguration.OfSupervisor(h.Extensions)), h => h.StateEnabled(0, StateEnable.Environment), IsHidden: h => !h.GuestStateEnabled(0, StateEnable.Environment)),

        // Supervisor trap handling.
        new(0x140, "sscratch", h => h.State.Sscratch, (h, v) => h.State.Sscratch = v),
        new(0x141, "sepc", h => h.State.Sepc, (h, v) => h.State.Sepc = v & ~1UL),
        new(0x142, "scause", h => h.State.Scause, (h, v) => h.State.Scause = v),
        new(0x143, "stval", h => h.State.Stval, (h, v) => h.State.Stval = v),
        new(0x144, "sip", h => h.PendingInterrupts & h.DelegatedInterrupts, (h, v) => h.WriteSoftwarePending(v, h.DelegatedInterrupts & Hart.SupervisorClearable), IsHidden: h => h.HidesInterrupts),

        new(0x14D, "stimecmp", h => h.State.Stimecmp, (h, v) => h.WriteSupervisorTimer(v), h => h.HasSupervisorTimer, IsHidden: h => !h.HasGuestTimer),
        new(0xDA0, "scountovf", _ => 0, Exists: h => h.Has(Extensions.Sscofpmf)),

        // Supervisor interrupts, AIA.
        new(0x150, "siselect", h => h.State.Siselect, (h, v) => h.State.Siselect = v & SelectMask, h => h.Has(Extensions.Ssaia) && h.StateEnabled(0, StateEnable.IndirectAccess), IsHidden: h => !h.GuestStateEnabled(0, StateEnable.IndirectAccess)),
        new(0x151, "sireg", h => h.ReadIndirect(false), (h, v) => h.ExchangeIndirect(false, ulong.MaxValue, v), h => h.HasIndirect(false), Exchange: (h, clear, set) => h.ExchangeIndirect(false, clear, set), IsHidden: _ => true),
        new(0x15C, "stopei", h => h.SupervisorFile?.Top ?? 0, (h, _) => h.SupervisorFile?.ClaimTop(h), h => h.HasTopExternal(false), Exchange: (h, _, _) => h.SupervisorFile!.ClaimTop(h), IsHidden: _ => true),
        new(0xDB0, "stopi", h => h.TopInterrupt(false), Exists: h => h.Has(Extensions.Ssaia) && h.StateEnabled(0, StateEnable.AdvancedInterrupts), IsHidden: h => !h.GuestStateEnabled(0, StateEnable.AdvancedInterrupts)),

        // Supervisor protection and translation.
        new(0x180, "satp", h => h.State.Satp, (h, v) => h.WriteTranslation(v), h => !h.TrapsTranslation, IsHidden: h => (h.State.Hypervisor.Hstatus & HypervisorStatus.TrapTranslation) != 0),

        // WorldGuard, profile A. slwid does not exist in any mode while nothing is delegated.
        new(0x190, "slwid", h => h.Worlds.Slwid, (h, v) => h.WriteWorld(w => w.WriteSlwid(v)), h => h.Worlds.HasSlwid),
        new(0x390, "mlwid", h => h.Worlds.Mlwid, (h, v) => h.WriteWorld(w => w.WriteMlwid(v)), h => h.Worlds.HasMlwid),
        new(0x748, "mwiddeleg", h => h.Worlds.Mwiddeleg, (h, v) => h.WriteWorld(w => w.WriteMwiddeleg(v)), h => h.Worlds.HasMwiddeleg),

        // Machine information.
        new(0xF11, "mvendorid", _ => 0),
        new(0xF12, "marchid", _ => 0),
        new(0xF13, "mimpid", _ => 0),
        new(0xF14, "mhartid", h => h.HartId),
        new(0xF15, "mconfigptr", _ => 0),

        // Machine trap setup. misa is read-only: extensions cannot be switched off.
        new(0x300, "mstatus", h => h.Status, (h, v) => h.WriteStatus(v, h.MachineWritable)),
        new(0x301, "misa", h => h.Misa),
        new(0x302, "medeleg", h => h.State.Medeleg, (h, v) => h.State.Medeleg = v & (h.Has(Extensions.H) ? DelegableExceptions | HypervisorStatus.MachineDelegableExceptions : DelegableExceptions)),
        new(0x303, "mideleg", h => h.State.Mideleg, (h, v) => h.WriteInterruptDelegation(v & h.SupervisorInterrupts)),
        new(0x304, "mie", h => h.State.Mie, (h, v) => h.WriteInterruptEnable(v, 0x888 | h.SupervisorInterrupts | h.GuestInterrupts)),
        new(0x305, "mtvec", h => h.State.Mtvec, (h, v) => h.State.Mtvec = v & ~2UL),
        new(0x306, "mcounteren", h => h.State.Mcounteren, (h, v) => h.State.Mcounteren = v & BaseCounters),
        new(0x30A, "menvcfg", h => h.State.Menvcfg, (h, v) => h.WriteEnvironment(v)),
        new(0x320, "mcountinhibit", h => h.State.Mcountinhibit, (h, v) => h.WriteCounterInhibit(v & 5)),

        new(0x747, "mseccfg", h => h.Protection.SecurityConfiguration, (h, v) => h.WriteSecurity(v), h => h.Has(Extensions.Smepmp)),

        // Machine trap handling.
        new(0x340, "mscratch", h => h.State.Mscratch, (h, v) => h.State.Mscratch = v),
        new(0x341, "mepc", h => h.State.Mepc, (h, v) => h.State.Mepc = v & ~1UL),
        new(0x342, "mcause", h => h.State.Mcause, (h, v) => h.State.Mcause = v),
        new(0x343, "mtval", h => h.State.Mtval, (h, v) => h.State.Mtval = v),
        new(0x344, "mip", h => h.PendingInterrupts, (h, v) => h.WriteMachinePending(v), ReadToModify: h => h.PendingWithoutExternalLine),

        // Machine interrupts, AIA. No interrupt is virtual: mvien has no bits, and mvip shows those of mip.
        new(0x308, "mvien", _ => 0, (_, _) => { }, h => h.Has(Extensions.Smaia)),
        new(0x309, "mvip", h => h.PendingWithoutExternalLine & h.SoftwareInterrupts, (h, v) => h.WriteSoftwarePending(v, h.SoftwareInterrupts), h => h.Has(Extensions.Smaia)),
        new(0x350, "miselect", h => h.State.Miselect, (h, v) => h.State.Miselect = v & SelectMask, h => h.Has(Extensions.Smaia)),
        new(0x351, "mireg", h => h.ReadIndirect(true), (h, v) => h.ExchangeIndirect(true, ulong.MaxValue, v), h => h.HasIndirect(true), Exchange: (h, clear, set) => h.ExchangeIndirect(true, clear, set)),
        new(0x35C, "mtopei", h => h.MachineFile?.Top ?? 0, (h, _) => h.MachineFile?.ClaimTop(h), h => h.HasTopExternal(true), Exchange: (h, _, _) => h.MachineFile!.ClaimTop(h)),
        new(0xFB0, "mtopi", h => h.TopInterrupt(true), Exists: h => h.Has(Extensions.Smaia)),

        // Machine counters.
        new(0xB00, "mcycle", h => h.CycleCounter, (h, v) => h.WriteCycleCounter(v)),
        new(0xB02, "minstret", h => h.RetiredCounter, (h, v) => h.WriteRetiredCounter(v)),

        // Trigger module without triggers: tdata1 with type 0 says so (debug specification, section 5.1).
        new(0x7A0, "tselect", _ => 0, (_, _) => { }),
        new(0x7A1, "tdata1", _ => 0, (_, _) => { }),
        new(0x7A2, "tdata2", _ => 0, (_, _) => { }),
        new(0x7A3, "tdata3", _ => 0, (_, _) => { }),
    ];
}
