using Soc.Memory;
using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Sv39 (privileged ISA, section 10.4). The tables sit at Root, code is mapped at its physical address by a gigapage.</summary>
public class PagingTests
{
    private const ulong Root = Machine.Ram + 0x100000;
    private const ulong Middle = Root + 0x1000;
    private const ulong Leaf = Root + 0x2000;
    private const ulong Data = Machine.Ram + 0x200000;
    private const ulong Virtual = 0x4000_0000;

    private const ulong V = 1;
    private const ulong R = 2;
    private const ulong W = 4;
    private const ulong X = 8;
    private const ulong U = 16;
    private const ulong A = 64;
    private const ulong D = 128;
    private const ulong Rwad = V | R | W | A | D;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Pages_of_every_size_translate(int level)
    {
        using Machine machine = Mapped(level, Rwad);
        ulong offset = level == 0 ? 0x123UL : level == 1 ? 0x1_2345UL : 0x0020_2345UL;
        ulong target = (level == 2 ? Machine.Ram : Data) + offset;
        machine.Write(target, 0x1122_3344_5566_7788);
        machine.Hart[1] = Virtual + offset;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(0x1122_3344_5566_7788UL, machine.Hart[2]);
    }

    [Theory]
    [InlineData("not valid", R | W | A | D)]
    [InlineData("write without read", V | W | A | D)]
    [InlineData("reserved bit 63", Rwad | (1UL << 63))]
    [InlineData("reserved bit 61", Rwad | (1UL << 61))]
    [InlineData("reserved bit 54", Rwad | (1UL << 54))]
    [InlineData("pointer at the last level", V)]
    [InlineData("user page", Rwad | U)]
    public void Bad_entries_are_page_faults_of_the_kind_of_access(string what, ulong flags)
    {
        using Machine machine = Mapped(0, flags);
        machine.Hart[1] = Virtual + 8;
        Assert.True(13 == machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor), what);
        Assert.Equal(Virtual + 8, machine.Hart.ReadCsr("mtval"));
        Assert.Equal(15, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(15, machine.CauseOf(Asm("amoadd.d", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(13, machine.CauseOf(Asm("lr.d", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(12, Jump(machine));
        Assert.Equal(Virtual + 8, machine.Hart.ReadCsr("mepc"));
    }

    [Theory]
    [InlineData(V | R | A, 15, 12)]
    [InlineData(V | R | X | A, 15, -1)]
    [InlineData(V | R | W | A | D, -1, 12)]
    public void Rights_of_the_page_bind(ulong flags, int store, int fetch)
    {
        using Machine machine = Mapped(0, flags);
        machine.Hart[1] = Virtual + 8;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(store, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(store, machine.CauseOf(Asm("amoadd.d", rs1: 1), PrivilegeMode.Supervisor));
        machine.Code(Data + 8, Asm("addi"));
        Assert.Equal(fetch, Jump(machine));
    }

    [Fact]
    public void A_walk_asks_the_protection_again_after_it_changed()
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));

        // S-mode may not read the page of the last level any more; then it may again.
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpaddr0", (Leaf >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpcfg0", 0x1F18);
        machine.Hart.Tlb.Flush();
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("pmpcfg0", 0x1F19);
        machine.Hart.Tlb.Flush();
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void A_walk_reads_tables_whose_page_is_protected_in_parts()
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Hart[1] = Virtual;

        // The first entry of the page can be read, the second not.
        machine.Hart.WriteCsr("pmpaddr2", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpaddr1", (Leaf >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpaddr0", Leaf >> 2);
        machine.Hart.WriteCsr("pmpcfg0", 0x1F_18_19);
        machine.Hart.Tlb.Flush();
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Hart[1] = Virtual + 0x1000;
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void A_walk_finds_tables_that_another_view_of_the_bus_moved()
    {
        GuestMemory other = new(4096);
        RamRegion second = new("other", other) { Enabled = false };
        using Machine machine = new(build: machine =>
        {
            machine.Root.Add(Machine.Ram, new RamRegion("ram", machine.Memory));
            machine.Root.Add(Leaf, second, 1);
        });
        Map(machine, 0, Rwad);
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));

        // The memory that now lies over the table of the last level holds zeros: no entry is valid.
        second.Enabled = true;
        machine.Tree.Commit();
        machine.Hart.Tlb.PollViewChange();
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        other.Dispose();
    }

    [Fact]
    public void Executable_pages_are_readable_with_MXR_only()
    {
        using Machine machine = Mapped(0, V | X | A);
        machine.Hart[1] = Virtual;
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mxr);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mstatus", 0);
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void User_pages_belong_to_U_mode_and_to_loads_of_S_mode_with_SUM()
    {
        using Machine machine = Mapped(0, Rwad | X | U);
        machine.Hart[1] = Virtual + 8;
        machine.Code(Data + 8, Asm("addi"));
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mstatus", MachineStatus.Sum);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(12, Jump(machine));
        machine.Hart.ProgramCounter = Virtual + 8;
        machine.Hart.SetMode(PrivilegeMode.User);
        machine.Step();
        Assert.Equal(Virtual + 12, machine.Hart.ProgramCounter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Misaligned_superpages_fault(int level)
    {
        using Machine machine = Mapped(level, Rwad, misaligned: true);
        machine.Hart[1] = Virtual;
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Theory]
    [InlineData(0x0000_0040_0000_0000UL)]
    [InlineData(0x8000_0000_4000_0000UL)]
    [InlineData(0xFFFF_FFBF_FFFF_FFF8UL)]
    public void Addresses_that_are_not_sign_extended_fault(ulong address)
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Hart[1] = address;
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void A_load_sets_A_and_the_first_store_sets_D()
    {
        using Machine machine = Mapped(0, V | R | W);
        machine.Hart[1] = Virtual;
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(A, machine.Read(Leaf) & (A | D));
        Assert.Equal(-1, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(A | D, machine.Read(Leaf) & (A | D));
    }

    [Fact]
    public void Without_hardware_updates_clear_bits_are_page_faults()
    {
        using Machine machine = Mapped(0, V | R | W, configuration => configuration with { HardwareAccessDirty = false });
        machine.Hart[1] = Virtual;
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        machine.Write(Leaf, machine.Read(Leaf) | A);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(15, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(A, machine.Read(Leaf) & (A | D));
    }

    [Fact]
    public void A_refused_access_leaves_A_and_D_alone()
    {
        using Machine machine = Mapped(0, V | R);
        machine.Hart[1] = Virtual;
        Assert.Equal(15, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(0UL, machine.Read(Leaf) & (A | D));
    }

    [Fact]
    public void Tables_that_PMP_hides_are_access_faults_of_the_kind_of_access()
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpaddr0", (Leaf >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpcfg0", 0x1F18);
        machine.Hart[1] = Virtual;
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(Virtual, machine.Hart.ReadCsr("mtval"));
        Assert.Equal(7, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(1, Jump(machine));
    }

    [Fact]
    public void Tables_outside_of_memory_are_access_faults()
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Write(Middle, Entry(0x1000, V));
        machine.Hart[1] = Virtual;
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void A_changed_table_is_seen_after_SFENCE_VMA()
    {
        using Machine machine = Mapped(0, Rwad);
        Hart hart = machine.Hart;
        machine.Write(Data, 1);
        machine.Write(Data + 0x1000, 2);
        hart[1] = Virtual;
        ulong Load()
        {
            machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor);
            return hart[2];
        }

        Assert.Equal(1UL, Load());
        machine.Write(Leaf, Entry(Data + 0x1000, Rwad));
        Assert.Equal(-1, machine.CauseOf(Asm("sfence.vma", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(2UL, Load());
        machine.Write(Leaf, Entry(Data, Rwad));
        Assert.Equal(-1, machine.CauseOf(Asm("sfence.vma"), PrivilegeMode.Supervisor));
        Assert.Equal(1UL, Load());
    }

    [Fact]
    public void MPRV_translates_the_loads_of_M_mode()
    {
        using Machine machine = Mapped(0, Rwad);
        machine.Write(Data, 42);
        machine.Hart[1] = Virtual;
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | (1UL << 11));
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        Assert.Equal(42UL, machine.Hart[2]);
        machine.Hart.WriteCsr("mstatus", 0);
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
    }

    [Fact]
    public void Turning_translation_on_changes_where_the_next_instruction_comes_from()
    {
        using Machine machine = Mapped(0, Rwad);
        ulong satp = machine.Hart.ReadCsr("satp");
        machine.Hart.WriteCsr("satp", 0);

        // Virtual 0x8000_0000 is remapped to physical 0x8000_0000 by a gigapage without X.
        machine.Write(Root + (8 * 2), Entry(Machine.Ram, Rwad));
        machine.Hart[1] = satp;
        machine.Hart.ProgramCounter = Machine.Ram;
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        machine.Code(Machine.Ram, Asm("csrrw", rs1: 1, csr: Machine.Csr("satp")), Asm("addi", rd: 3, imm: 1));
        machine.Code(Machine.Handler, Asm("jal", imm: 0));
        machine.Fence();
        machine.Hart.Run(machine.Hart.Cycles + 100);
        Assert.Equal((0UL, 12UL, Machine.Ram + 4), (machine.Hart[3], machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mepc")));
    }

    [Fact]
    public void Two_mappings_share_the_decoded_code_of_a_page()
    {
        using Machine machine = Mapped(0, V | R | X | A);
        machine.Write(Leaf + 8, Entry(Data, V | R | X | A));
        machine.Code(Data, Asm("addi", rd: 3, rs1: 3, imm: 1));
        foreach (ulong at in (ulong[])[Virtual, Virtual + 0x1000])
        {
            machine.Hart.ProgramCounter = at;
            machine.Hart.SetMode(PrivilegeMode.Supervisor);
            machine.Step();
        }

        Assert.Equal((2UL, 1), (machine.Hart[3], machine.Hart.DecodedPages));
    }

    private static ulong Entry(ulong physical, ulong flags) => (physical >> 12 << 10) | flags;

    private static int Jump(Machine machine)
    {
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        machine.Hart.ProgramCounter = Virtual + 8;
        machine.Step();
        return machine.Hart.ProgramCounter == Machine.Handler ? (int)machine.Hart.ReadCsr("mcause") : -1;
    }

    private static Machine Mapped(int level, ulong flags, Func<HartConfiguration, HartConfiguration>? configure = null, bool misaligned = false)
    {
        Machine machine = new(configure);
        Map(machine, level, flags, misaligned);
        return machine;
    }

    private static void Map(Machine machine, int level, ulong flags, bool misaligned = false)
    {
        machine.OpenProtection();
        ulong skew = misaligned ? 0x1000UL : 0;
        machine.Write(Root + (8 * 2), Entry(Machine.Ram, V | R | W | X | A | D));
        machine.Write(Root + 8, level == 2 ? Entry(Machine.Ram + skew, flags) : Entry(Middle, V));
        machine.Write(Middle, level == 1 ? Entry(Data + skew, flags) : Entry(Leaf, V));
        machine.Write(Leaf, Entry(Data, flags));
        machine.Hart.WriteCsr("satp", (8UL << 60) | (Root >> 12));
    }
}
