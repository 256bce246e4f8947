using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class ProtectionTests
{
    private const ulong Data = Machine.Ram + 0x10000;
    private const ulong Na4 = 0x10;
    private const ulong Napot = 0x18;
    private const ulong Tor = 0x08;
    private const ulong Lock = 0x80;

    [Fact]
    public void Without_entries_only_M_mode_has_access()
    {
        using Machine machine = new();
        Assert.Equal(1, machine.CauseOf(Asm("addi"), PrivilegeMode.Supervisor));
        Assert.Equal(1, machine.CauseOf(Asm("addi"), PrivilegeMode.User));
        Assert.Equal(-1, machine.CauseOf(Asm("addi")));
    }

    [Theory]
    [InlineData(0UL, 5, 7)]
    [InlineData(1UL, -1, 7)]
    [InlineData(3UL, -1, -1)]
    [InlineData(4UL, 5, 7)]
    public void Rights_are_by_kind(ulong rights, int load, int store)
    {
        using Machine machine = Guarded(Napot | rights);
        Assert.Equal(load, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(store, machine.CauseOf(Asm("sd", rs1: 1), PrivilegeMode.Supervisor));
        Assert.Equal(-1, machine.CauseOf(Asm("sd", rs1: 1)));
    }

    [Fact]
    public void A_locked_entry_binds_M_mode_and_cannot_be_changed()
    {
        using Machine machine = Guarded(Lock | Napot | 1);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        Assert.Equal(7, machine.CauseOf(Asm("sd", rs1: 1)));
        machine.Hart.WriteCsr("pmpcfg0", 0x1F00);
        machine.Hart.WriteCsr("pmpaddr0", 0);
        Assert.Equal(0x1F00UL | Lock | Napot | 1, machine.Hart.ReadCsr("pmpcfg0"));
        Assert.Equal(7, machine.CauseOf(Asm("sd", rs1: 1)));
    }

    [Fact]
    public void A_locked_TOR_entry_locks_its_lower_bound()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("pmpaddr0", 0x100);
        machine.Hart.WriteCsr("pmpcfg0", (Lock | Tor) << 8);
        machine.Hart.WriteCsr("pmpaddr0", 0x200);
        Assert.Equal(0x100UL, machine.Hart.ReadCsr("pmpaddr0"));
    }

    [Fact]
    public void The_lowest_matching_entry_decides()
    {
        using Machine machine = new();
        machine.Hart[1] = Data;
        machine.Hart.WriteCsr("pmpaddr0", (Data >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpcfg0", Napot | (0x1FUL << 8));
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.User));
        machine.Hart.WriteCsr("pmpcfg0", 0x1FUL << 8);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1), PrivilegeMode.User));
    }

    [Theory]
    [InlineData("ld", -8, -1)]
    [InlineData("ld", -4, 5)]
    [InlineData("lw", -4, -1)]
    [InlineData("lw", 0, 5)]
    [InlineData("lb", 3, 5)]
    [InlineData("lw", 4, -1)]
    [InlineData("ld", 4, -1)]
    [InlineData("lh", 3, 5)]
    public void An_access_must_lie_whole_in_the_entry_that_it_touches(string mnemonic, int offset, int cause)
    {
        using Machine machine = new();
        machine.Hart[1] = Data + 0x100;
        machine.Hart.WriteCsr("pmpaddr0", (Data + 0x100) >> 2);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpcfg0", Na4 | (0x1FUL << 8));
        for (int pass = 0; pass < 2; pass++)
        {
            Assert.Equal(cause, machine.CauseOf(Asm(mnemonic, rd: 2, rs1: 1, imm: offset), PrivilegeMode.User));
        }
    }

    [Fact]
    public void Top_of_range_covers_from_the_entry_below()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("pmpaddr0", (Data + 0x800) >> 2);
        machine.Hart.WriteCsr("pmpaddr1", (Data + 0x1000) >> 2);
        machine.Hart.WriteCsr("pmpaddr2", (Data - 0x8000) >> 2);
        machine.Hart.WriteCsr("pmpcfg0", (Tor | 3) << 8 | (Napot | 7) << 24);
        machine.Hart.WriteCsr("pmpaddr3", (Machine.Ram >> 2) | 0x1FF);
        int Load(ulong at)
        {
            machine.Hart[1] = at;
            return machine.CauseOf(Asm("lw", rd: 2, rs1: 1), PrivilegeMode.User);
        }

        Assert.Equal((5, -1, -1, 5), (Load(Data + 0x7FC), Load(Data + 0x800), Load(Data + 0xFFC), Load(Data + 0x1000)));
    }

    [Fact]
    public void Code_runs_up_to_a_boundary_inside_its_page()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram + 0x100, Asm("addi", rd: 1, imm: 1), Asm("c.li", rd: 2, imm: 1), Asm("addi", rd: 3, imm: 1));
        machine.Hart.WriteCsr("pmpaddr0", (Machine.Ram + 0x108) >> 2);
        machine.Hart.WriteCsr("pmpcfg0", Tor | 4);
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        machine.Hart.ProgramCounter = Machine.Ram + 0x100;
        machine.Step(3);
        Assert.Equal((1UL, 1UL, 0UL), (machine.Hart[1], machine.Hart[2], machine.Hart[3]));
        Assert.Equal((1UL, Machine.Ram + 0x108), (machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mtval")));
    }

    [Fact]
    public void MPRV_checks_loads_as_the_previous_mode_and_leaves_fetches_alone()
    {
        using Machine machine = new();
        machine.Hart[1] = Data;
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv);
        Assert.Equal(5, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | MachineStatus.Mpp);
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
    }

    /// <summary>Entry 0 on the data page, entry 1 open for everything else.</summary>
    private static Machine Guarded(ulong configuration)
    {
        Machine machine = new();
        machine.Hart[1] = Data;
        machine.Hart.WriteCsr("pmpaddr0", (Data >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpaddr1", ulong.MaxValue);
        machine.Hart.WriteCsr("pmpcfg0", configuration | (0x1FUL << 8));
        return machine;
    }
}
