using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>
/// Mistakes of other machines and simulators, each by the issue that taught it: repository and number. The hart does here what the
/// privileged ISA says (chapters 10.2.1 and 10.3 of translation, 3.7 of protection).
/// </summary>
public class HazardTests
{
    private const ulong Root = Machine.Ram + 0x100000;
    private const ulong Middle = Root + 0x1000;
    private const ulong Leaf = Root + 0x2000;
    private const ulong Data = Machine.Ram + 0x200000;
    private const ulong Page = 0x1000;
    private const ulong Pointer = 1;
    private const ulong Code = 0x4B; // V, R, X, A
    private const ulong ReadWrite = 0xC7; // V, R, W, A, D

    [Fact]
    public void Isa_sim_2403_a_boundary_of_PMP_inside_a_page_holds_after_hits_beside_it()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("pmpaddr0", (Data + 0x10) >> 2);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpcfg0", 0x1F10); // NA4 without rights, then everything
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(-1, Access(machine, "lw", Data));
            Assert.Equal(-1, Access(machine, "sw", Data + 0x14));
            Assert.Equal(5, Access(machine, "lw", Data + 0x10));
            Assert.Equal(7, Access(machine, "sw", Data + 0x10));
            Assert.Equal(5, Access(machine, "ld", Data + 0x10));
            Assert.Equal(-1, Access(machine, "ld", Data + 0x18));
            Assert.Equal(7, Access(machine, "amoadd.w", Data + 0x10));
        }
    }

    [Fact]
    public void Sail_riscv_729_a_fence_for_a_sign_extended_address_finds_its_entry()
    {
        const ulong High = 0xFFFF_FFC0_0000_0000;
        using Machine machine = Mapped(256);
        Assert.Equal(0x11UL, Load(machine, High));

        machine.Write(Leaf, Entry(Data + Page, ReadWrite));
        Fence(machine, High, 0);

        Assert.Equal(0x22UL, Load(machine, High));
    }

    [Fact]
    public void Gem5_demap_page_a_register_that_holds_zero_is_not_x0()
    {
        using Machine machine = Mapped(0);
        Assert.Equal((0x11UL, 0x22UL), (Load(machine, 0), Load(machine, Page)));
        machine.Write(Leaf, Entry(Data + (2 * Page), ReadWrite));
        machine.Write(Leaf + 8, Entry(Data + (2 * Page), ReadWrite));

        // The page of address 0 and no other.
        Fence(machine, address: 0, asid: null);
        Assert.Equal((0x33UL, 0x22UL), (Load(machine, 0), Load(machine, Page)));

        // Address space 0, of which all are.
        machine.Write(Leaf, Entry(Data, ReadWrite));
        Fence(machine, address: null, asid: 0);
        Assert.Equal((0x11UL, 0x33UL), (Load(machine, 0), Load(machine, Page)));
    }

    [Theory]
    [InlineData(PrivilegeMode.Machine)]
    [InlineData(PrivilegeMode.Supervisor)]
    [InlineData(PrivilegeMode.User)]
    public void Renode_962_the_obsolete_SFENCE_VM_is_illegal(PrivilegeMode mode)
    {
        using Machine machine = new();
        machine.OpenProtection();
        Assert.Equal(2, machine.CauseOf(0x1040_0073, mode));
    }

    [Fact]
    public void Renode_908_SFENCE_VMA_of_U_mode_traps_and_drops_nothing()
    {
        using Machine machine = Mapped(0);
        Assert.Equal(0x11UL, Load(machine, 0));
        machine.Write(Leaf, Entry(Data + Page, ReadWrite));

        // Where translation is on, U-mode cannot fetch from here: the trap is tried with bare addresses.
        ulong satp = machine.Hart.ReadCsr("satp");
        machine.Hart.WriteCsr("satp", 0);
        Assert.Equal(2, machine.CauseOf(Asm("sfence.vma"), PrivilegeMode.User));
        machine.Hart.WriteCsr("satp", satp);

        Fence(machine, null, null);
        Assert.Equal(0x22UL, Load(machine, 0));
    }

    /// <summary>sail-riscv issue 496: VPNs compared with zero-extended ones missed; here by the other half of the address space.</summary>
    [Fact]
    public void Sail_riscv_496_a_fence_for_one_half_of_the_address_space_leaves_the_same_page_of_the_other()
    {
        const ulong High = 0xFFFF_FFC0_0000_0000;
        using Machine machine = Mapped(0);
        machine.Write(Root + (8 * 256), Entry(Middle, Pointer));
        Assert.Equal((0x11UL, 0x11UL), (Load(machine, 0), Load(machine, High)));

        machine.Write(Leaf, Entry(Data + Page, ReadWrite));
        Fence(machine, High, null);

        Assert.Equal((0x22UL, 0x11UL), (Load(machine, High), Load(machine, 0)));
    }

    /// <summary>cva6 issue 286: a kernel that crashed unless each fence came twice. One does it, whatever was cached of the page in which context.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Cva6_286_one_fence_is_enough(bool byAddress, bool bySpace)
    {
        using Machine machine = Mapped(0);
        for (int change = 1; change <= 6; change++)
        {
            ulong wanted = 0x11UL * (ulong)((change % 3) + 1);
            Load(machine, 0);
            Assert.Equal(-1, Access(machine, "sw", 8));
            machine.Hart.WriteCsr("mstatus", (ulong)(((change & 1) << 18) | ((change & 2) << 18))); // SUM and MXR choose other contexts
            Load(machine, 0);

            machine.Write(Leaf, Entry(Data + ((ulong)(change % 3) * Page), ReadWrite));
            Fence(machine, byAddress ? 0 : null, bySpace ? 0 : null);

            Assert.Equal(wanted, Load(machine, 0));
            machine.Hart.WriteCsr("mstatus", 0);
            Assert.Equal(wanted, Load(machine, 0));
        }
    }

    /// <summary>
    /// riscv-isa-sim issues 398, 1900, 1144 and 1309: users look for the TLB of the specification and find one that every trap, every return and
    /// every write of satp or mstatus empties. Here an entry stays until a fence names it, so that a missing fence shows.
    /// </summary>
    [Fact]
    public void Isa_sim_1900_neither_traps_nor_returns_nor_CSR_writes_hide_a_missing_fence()
    {
        using Machine machine = Mapped(0);
        Assert.Equal(0x11UL, Load(machine, 0));
        machine.Write(Leaf, Entry(Data + Page, ReadWrite));
        ulong satp = machine.Hart.ReadCsr("satp");

        Assert.Equal(9, machine.CauseOf(Asm("ecall"), PrivilegeMode.Supervisor));
        Assert.Equal(0x11UL, Load(machine, 0));
        machine.Hart.WriteCsr("mstatus", 1UL << 18);
        machine.Hart.WriteCsr("mstatus", 0);
        Assert.Equal(0x11UL, Load(machine, 0));
        machine.Hart.WriteCsr("satp", satp);
        Assert.Equal(0x11UL, Load(machine, 0));

        Fence(machine, 0, null);
        Assert.Equal(0x22UL, Load(machine, 0));
    }

    private static int Access(Machine machine, string mnemonic, ulong address)
    {
        machine.Hart[1] = address;
        return machine.CauseOf(Asm(mnemonic, rd: mnemonic[0] == 's' ? 0 : 2, rs1: 1), PrivilegeMode.Supervisor);
    }

    private static ulong Load(Machine machine, ulong address)
    {
        Assert.Equal(-1, Access(machine, "ld", address));
        return machine.Hart[2];
    }

    /// <summary>SFENCE.VMA with registers, even for the value 0, or with x0 where nothing is given.</summary>
    private static void Fence(Machine machine, ulong? address, ulong? asid)
    {
        machine.Hart[3] = address ?? 0;
        machine.Hart[4] = asid ?? 0;
        Assert.Equal(-1, machine.CauseOf(Asm("sfence.vma", rs1: address is null ? 0 : 3, rs2: asid is null ? 0 : 4), PrivilegeMode.Supervisor));
    }

    /// <summary>Two pages of the gigabyte with this index, and the code where it is; pages hold 0x11, 0x22 and 0x33.</summary>
    private static Machine Mapped(ulong gigabyte)
    {
        Machine machine = new();
        machine.OpenProtection();
        machine.Write(Root + (8 * 2), Entry(Machine.Ram, Code));
        machine.Write(Root + (8 * gigabyte), Entry(Middle, Pointer));
        machine.Write(Middle, Entry(Leaf, Pointer));
        for (ulong page = 0; page < 3; page++)
        {
            machine.Write(Leaf + (8 * page), Entry(Data + (page * Page), ReadWrite));
            machine.Write(Data + (page * Page), 0x11 * (page + 1));
        }

        machine.Hart.WriteCsr("satp", (8UL << 60) | (Root >> 12));
        return machine;
    }

    private static ulong Entry(ulong address, ulong flags) => (address >> 12 << 10) | flags;
}
