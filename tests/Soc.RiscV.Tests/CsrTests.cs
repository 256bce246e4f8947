using Soc.Memory;
using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class CsrTests
{
    [Theory]
    [InlineData("mstatus", ulong.MaxValue, 0xA_007E_19AAUL)]
    [InlineData("medeleg", ulong.MaxValue, 0xB3FFUL)]
    [InlineData("mideleg", ulong.MaxValue, 0x222UL)]
    [InlineData("mie", ulong.MaxValue, 0xAAAUL)]
    [InlineData("mip", ulong.MaxValue, 0x222UL)]
    [InlineData("mtvec", ulong.MaxValue, ulong.MaxValue - 2)]
    [InlineData("stvec", 0x8000_0002UL, 0x8000_0000UL)]
    [InlineData("mepc", ulong.MaxValue, ulong.MaxValue - 1)]
    [InlineData("sepc", 0x1235UL, 0x1234UL)]
    [InlineData("mcounteren", ulong.MaxValue, 7UL)]
    [InlineData("scounteren", ulong.MaxValue, 7UL)]
    [InlineData("mcountinhibit", ulong.MaxValue, 5UL)]
    [InlineData("menvcfg", ulong.MaxValue, 1UL)]
    [InlineData("senvcfg", ulong.MaxValue, 1UL)]
    [InlineData("mscratch", 0x0123_4567_89AB_CDEFUL, 0x0123_4567_89AB_CDEFUL)]
    [InlineData("satp", (8UL << 60) | 0xFFFF_0000_0001_2345UL & ~(15UL << 60), (8UL << 60) | 0x0FFF_0000_0001_2345UL)]
    [InlineData("satp", (9UL << 60) | 0x12345UL, 0UL)]
    [InlineData("satp", 0x12345UL, 0x12345UL)]
    [InlineData("misa", 0UL, 0x8000_0000_0014_1105UL)]
    [InlineData("mhpmcounter3", 5UL, 0UL)]
    [InlineData("mhpmevent31", 5UL, 0UL)]
    [InlineData("tselect", 5UL, 0UL)]
    [InlineData("pmpcfg0", 0x9FUL << 8, 0x9FUL << 8)]
    [InlineData("pmpcfg2", 0x60UL, 0UL)]
    [InlineData("pmpcfg0", 0x1AUL, 0x18UL)]
    [InlineData("pmpaddr15", ulong.MaxValue, (1UL << 54) - 1)]
    public void Writes_are_legalised(string name, ulong written, ulong expected)
    {
        using Machine machine = new();
        machine.Hart.WriteCsr(name, written);
        Assert.Equal(expected, machine.Hart.ReadCsr(name));
    }

    [Fact]
    public void A_reserved_MPP_keeps_the_old_one()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("mstatus", 1UL << 11);
        machine.Hart.WriteCsr("mstatus", 2UL << 11);
        Assert.Equal(1UL, (machine.Hart.ReadCsr("mstatus") >> 11) & 3);
    }

    [Fact]
    public void Supervisor_registers_are_windows_onto_machine_registers()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        hart.WriteCsr("mstatus", 0);
        hart.WriteCsr("sstatus", ulong.MaxValue);
        Assert.Equal(0xA_000C_0122UL, hart.ReadCsr("mstatus"));
        Assert.Equal(0x2_000C_0122UL, hart.ReadCsr("sstatus"));
        hart.WriteCsr("sie", ulong.MaxValue);
        Assert.Equal(0UL, hart.ReadCsr("mie"));
        hart.WriteCsr("mideleg", 0x22);
        hart.WriteCsr("sie", ulong.MaxValue);
        Assert.Equal((0x22UL, 0x22UL), (hart.ReadCsr("mie"), hart.ReadCsr("sie")));
        hart.WriteCsr("mip", 0x222);
        Assert.Equal(0x22UL, hart.ReadCsr("sip"));
        hart.WriteCsr("sip", 0);
        Assert.Equal(0x220UL, hart.ReadCsr("mip"));
    }

    [Theory]
    [InlineData("csrrw", 0x0FUL, 0xF0UL)]
    [InlineData("csrrs", 0x0FUL, 0xFFUL)]
    [InlineData("csrrc", 0x0FUL, 0x0FUL)]
    public void The_three_forms_read_old_and_write_new(string form, ulong old, ulong expected)
    {
        using Machine machine = new();
        foreach (bool immediate in (bool[])[false, true])
        {
            ulong operand = immediate ? 0x10UL : 0xF0UL;
            machine.Hart.WriteCsr("mscratch", old);
            machine.Hart[1] = operand;
            machine.Execute(Asm(immediate ? form + "i" : form, rd: 2, rs1: immediate ? 16 : 1, csr: Machine.Csr("mscratch")));
            Assert.Equal(old, machine.Hart[2]);
            Assert.Equal(immediate ? (expected & 0x0F) | (form == "csrrc" ? 0UL : 0x10UL) : expected, machine.Hart.ReadCsr("mscratch"));
        }
    }

    [Theory]
    [InlineData("csrrw", 1, "mhartid", 2)]
    [InlineData("csrrs", 0, "mhartid", -1)]
    [InlineData("csrrs", 1, "mhartid", 2)]
    [InlineData("csrrci", 0, "mhartid", -1)]
    [InlineData("csrrsi", 1, "mhartid", 2)]
    [InlineData("csrrw", 1, "cycle", 2)]
    public void Writing_a_read_only_register_is_illegal_unless_nothing_is_written(string form, int rs1, string csr, int cause)
    {
        using Machine machine = new();
        Assert.Equal(cause, machine.CauseOf(Asm(form, rd: 3, rs1: rs1, csr: Machine.Csr(csr))));
    }

    [Theory]
    [InlineData(0x3A1)] // RV32 only
    [InlineData(0x310)] // mstatush is RV32 only
    [InlineData(0x747)] // mseccfg: no Smepmp
    [InlineData(0x001)] // fflags: no floating point
    [InlineData(0x14D)] // stimecmp: no Sstc
    public void Missing_registers_are_illegal_and_tval_is_the_instruction(int number)
    {
        using Machine machine = new();
        uint word = Asm("csrrs", rd: 3, csr: number);
        Assert.Equal(2, machine.CauseOf(word));
        Assert.Equal(word, machine.Hart.ReadCsr("mtval"));
    }

    [Fact]
    public void Every_register_is_refused_below_its_mode()
    {
        using Machine machine = new();
        machine.OpenProtection();
        foreach (CsrDefinition row in CsrTable.All.Where(row => row.MinimumMode > PrivilegeMode.User))
        {
            PrivilegeMode below = row.MinimumMode == PrivilegeMode.Machine ? PrivilegeMode.Supervisor : PrivilegeMode.User;
            Assert.True(machine.CauseOf(Asm("csrrs", rd: 3, csr: row.Number), below) == 2, row.Name);
        }
    }

    [Theory]
    [InlineData(PrivilegeMode.Supervisor, 0UL, 7UL, 2)]
    [InlineData(PrivilegeMode.Supervisor, 7UL, 0UL, -1)]
    [InlineData(PrivilegeMode.User, 7UL, 0UL, 2)]
    [InlineData(PrivilegeMode.User, 0UL, 7UL, 2)]
    [InlineData(PrivilegeMode.User, 7UL, 7UL, -1)]
    public void Counters_are_enabled_level_by_level(PrivilegeMode mode, ulong mcounteren, ulong scounteren, int cause)
    {
        using Machine machine = new();
        machine.OpenProtection();
        machine.Hart.WriteCsr("mcounteren", mcounteren);
        machine.Hart.WriteCsr("scounteren", scounteren);
        foreach (string counter in (string[])["cycle", "time", "instret"])
        {
            Assert.Equal(cause, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr(counter)), mode));
        }

        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("hpmcounter3")), mode));
    }

    [Fact]
    public void Instret_counts_retired_instructions_and_a_write_replaces_the_increment()
    {
        using Machine machine = new();
        int minstret = Machine.Csr("minstret");
        machine.Code(
            Machine.Ram,
            Asm("csrrs", rd: 1, csr: minstret),
            Asm("addi", rd: 0),
            Asm("csrrs", rd: 2, csr: minstret),
            Asm("csrrwi", rs1: 9, csr: minstret),
            Asm("csrrs", rd: 3, csr: minstret),
            Asm("ecall"));
        machine.Code(Machine.Handler, Asm("csrrs", rd: 4, csr: minstret));
        machine.Step(7);
        Assert.Equal((0UL, 2UL, 9UL, 10UL), (machine.Hart[1], machine.Hart[2], machine.Hart[3], machine.Hart[4]));
    }

    [Fact]
    public void Inhibited_counters_stand_still()
    {
        using Machine machine = new();
        int minstret = Machine.Csr("minstret");
        machine.Code(
            Machine.Ram,
            Asm("csrrwi", rs1: 4, csr: Machine.Csr("mcountinhibit")),
            Asm("csrrs", rd: 1, csr: minstret),
            Asm("csrrs", rd: 2, csr: minstret),
            Asm("csrrwi", rs1: 0, csr: Machine.Csr("mcountinhibit")),
            Asm("csrrs", rd: 3, csr: minstret),
            Asm("csrrs", rd: 4, csr: minstret));
        machine.Step(6);
        Assert.Equal(machine.Hart[1], machine.Hart[2]);
        Assert.Equal((machine.Hart[1], machine.Hart[1] + 1), (machine.Hart[3], machine.Hart[4]));
    }

    [Fact]
    public void Time_follows_the_clock_at_the_timebase()
    {
        using Machine machine = new(configuration => configuration with { Frequency = 2_000_000_000, TimebaseFrequency = 10_000_000 });
        machine.Hart.AdvanceTo(2_000_000);
        machine.Execute(Asm("csrrs", rd: 1, csr: Machine.Csr("time")));
        Assert.Equal(10_000UL, machine.Hart[1]);
        Assert.Equal(1_000_000UL, machine.Hart.Now & ~0xFFUL | 0x40);
    }

    [Fact]
    public void Time_follows_a_virtual_clock_when_there_is_one()
    {
        using Machine machine = new();
        machine.Hart.Clock = new FixedClock(5_000_000);
        machine.Execute(Asm("csrrs", rd: 1, csr: Machine.Csr("time")));
        Assert.Equal((50_000UL, 5_000_000UL), (machine.Hart[1], machine.Hart.Now));
    }

    [Fact]
    public void External_supervisor_interrupt_line_does_not_leak_into_a_set_or_clear()
    {
        using Machine machine = new();
        machine.Hart.SetInterruptLine(InterruptLine.SupervisorExternal, true);
        machine.Execute(Asm("csrrsi", rd: 1, rs1: 2, csr: Machine.Csr("mip")));
        Assert.Equal(0x200UL, machine.Hart[1]);
        machine.Hart.SetInterruptLine(InterruptLine.SupervisorExternal, false);
        Assert.Equal(2UL, machine.Hart.ReadCsr("mip"));
    }

    [Fact]
    public void Traps_of_virtual_machine_operations()
    {
        using Machine machine = new();
        machine.OpenProtection();
        machine.Hart.WriteCsr("mstatus", MachineStatus.Tvm | MachineStatus.Tw | MachineStatus.Tsr);
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: Machine.Csr("satp")), PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(Asm("sfence.vma"), PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(Asm("wfi"), PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(Asm("sret"), PrivilegeMode.Supervisor));
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 1, csr: Machine.Csr("satp"))));
        Assert.Equal(-1, machine.CauseOf(Asm("sfence.vma")));
    }

    [Fact]
    public void Unknown_names_are_told()
    {
        using Machine machine = new();
        Assert.Contains("mystery", Assert.Throws<ArgumentException>(() => machine.Hart.ReadCsr("mystery")).Message);
        Assert.Contains("read-only", Assert.Throws<ArgumentException>(() => machine.Hart.WriteCsr("mhartid", 1)).Message);
    }

    private sealed class FixedClock(ulong now) : IVirtualClock
    {
        public ulong Now { get; } = now;
    }
}
