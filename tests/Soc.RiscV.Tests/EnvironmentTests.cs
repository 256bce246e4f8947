using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Extensions that M-mode hands out: cache blocks, the supervisor timer, state enables; and what a hart without them lacks.</summary>
public class EnvironmentTests
{
    private const ulong Data = Machine.Ram + 0x1000;
    private const ulong SupervisorTimer = 1UL << 5;

    [Theory]
    [InlineData("menvcfg", Extensions.None, 1UL)]
    [InlineData("menvcfg", Extensions.Zicbom, 0x71UL)]
    [InlineData("menvcfg", Extensions.Zicboz, 0x81UL)]
    [InlineData("menvcfg", Extensions.Svadu, 0x2000_0000_0000_0001UL)]
    [InlineData("menvcfg", Extensions.Svpbmt, 0x4000_0000_0000_0001UL)]
    [InlineData("menvcfg", Extensions.Sstc, 0x8000_0000_0000_0001UL)]
    [InlineData("senvcfg", Extensions.All, 0xF1UL)]
    public void Configuration_has_the_fields_of_the_extensions(string csr, Extensions extensions, ulong expected)
    {
        using Machine machine = With(extensions);
        machine.Hart.WriteCsr(csr, ulong.MaxValue);
        Assert.Equal(expected, machine.Hart.ReadCsr(csr));
    }

    [Fact]
    public void A_reserved_CBIE_becomes_none()
    {
        using Machine machine = With(Extensions.Zicbom);
        machine.Hart.WriteCsr("menvcfg", 0x20);
        Assert.Equal(0UL, machine.Hart.ReadCsr("menvcfg"));
    }

    [Theory]
    [InlineData("cbo.inval", 0x10UL)]
    [InlineData("cbo.inval", 0x30UL)]
    [InlineData("cbo.clean", 0x40UL)]
    [InlineData("cbo.flush", 0x40UL)]
    [InlineData("cbo.zero", 0x80UL)]
    public void Cache_block_operations_are_granted_level_by_level(string mnemonic, ulong field)
    {
        using Machine machine = With(Extensions.Zicbom | Extensions.Zicboz);
        machine.OpenProtection();
        machine.Hart[1] = Data;
        uint word = Asm(mnemonic, rs1: 1);
        Assert.Equal(-1, machine.CauseOf(word));
        Assert.Equal(2, machine.CauseOf(word, PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("menvcfg", field);
        Assert.Equal(-1, machine.CauseOf(word, PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(word, PrivilegeMode.User));
        machine.Hart.WriteCsr("senvcfg", field);
        Assert.Equal(-1, machine.CauseOf(word, PrivilegeMode.User));
        using Machine without = new();
        Assert.Equal(2, without.CauseOf(word));
    }

    [Fact]
    public void Zeroing_clears_the_block_around_an_address_and_nothing_else()
    {
        using Machine machine = With(Extensions.Zicboz);
        for (ulong at = Data; at < Data + 192; at += 8)
        {
            machine.Write(at, ulong.MaxValue);
        }

        machine.Hart[1] = Data + 64 + 13;
        machine.Execute(Asm("cbo.zero", rs1: 1));
        for (ulong at = Data; at < Data + 192; at += 8)
        {
            Assert.Equal(at >= Data + 64 && at < Data + 128 ? 0 : ulong.MaxValue, machine.Read(at));
        }
    }

    [Theory]
    [InlineData("cbo.zero")]
    [InlineData("cbo.flush")]
    public void Cache_block_operations_fault_as_stores_at_their_address(string mnemonic)
    {
        using Machine machine = With(Extensions.Zicbom | Extensions.Zicboz);
        machine.Hart.WriteCsr("pmpaddr0", ((Machine.Ram + 0x2000) >> 2) | 0x1FF);
        machine.Hart.WriteCsr("pmpcfg0", 0x98);
        machine.Hart[1] = Machine.Ram + 0x2009;
        Assert.Equal(7, machine.CauseOf(Asm(mnemonic, rs1: 1)));
        Assert.Equal(Machine.Ram + 0x2009, machine.Hart.ReadCsr("mtval"));
    }

    [Fact]
    public void Waiting_for_a_store_ends_the_slice_and_goes_on_behind()
    {
        using Machine machine = With(Extensions.Zawrs);
        machine.Code(Machine.Ram, Asm("wrs.nto"), Asm("addi", rd: 3, imm: 7));
        Assert.Equal(HartExit.Spin, machine.Hart.Run(machine.Hart.Cycles + 100));
        machine.Step();
        Assert.Equal((7UL, 2UL), (machine.Hart[3], machine.Hart.InstructionsRetired));
        machine.OpenProtection();
        machine.Hart.WriteCsr("mstatus", 1UL << 21);
        Assert.Equal(2, machine.CauseOf(Asm("wrs.nto"), PrivilegeMode.Supervisor));
        Assert.Equal(-1, machine.CauseOf(Asm("wrs.sto"), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void May_be_operations_write_zero()
    {
        using Machine machine = With(Extensions.Zimop | Extensions.Zcmop);
        machine.Hart[3] = 5;
        machine.Execute(Asm("mop.r", rd: 3, rs1: 3, imm: 21));
        Assert.Equal(0UL, machine.Hart[3]);
        machine.Hart[3] = 5;
        machine.Execute(Asm("mop.rr", rd: 3, rs1: 3, rs2: 3, imm: 7));
        Assert.Equal(0UL, machine.Hart[3]);
        Assert.Equal(-1, machine.CauseOf(Asm("c.mop", imm: 3)));
        using Machine without = new();
        Assert.Equal(2, without.CauseOf(Asm("mop.r", rd: 3)));
        Assert.Equal(2, without.CauseOf(Asm("c.mop", imm: 3)));
    }

    [Fact]
    public void The_supervisor_timer_is_pending_from_its_time_on()
    {
        using Machine machine = With(Extensions.Sstc, 1_000_000_000, 10_000_000);
        machine.Hart.WriteCsr("menvcfg", 1UL << 63);
        machine.Hart.WriteCsr("stimecmp", 50);
        machine.Hart.AdvanceTo(4_999);
        Assert.Equal(0UL, machine.Hart.ReadCsr("mip") & SupervisorTimer);
        Assert.Equal(5_000UL, machine.Hart.SupervisorTimerAt);
        machine.Hart.AdvanceTo(5_000);
        Assert.Equal(SupervisorTimer, machine.Hart.ReadCsr("mip") & SupervisorTimer);
        Assert.Equal(ulong.MaxValue, machine.Hart.SupervisorTimerAt);
        machine.Hart.WriteCsr("mip", 0);
        Assert.Equal(SupervisorTimer, machine.Hart.ReadCsr("mip") & SupervisorTimer);
        machine.Hart.WriteCsr("stimecmp", 1_000);
        Assert.Equal(0UL, machine.Hart.ReadCsr("mip") & SupervisorTimer);
    }

    [Fact]
    public void The_supervisor_timer_interrupts_exactly_and_wakes_a_sleeper()
    {
        using Machine machine = With(Extensions.Sstc, 1_000_000_000, 1_000_000_000);
        machine.OpenProtection();
        machine.Hart.WriteCsr("menvcfg", 1UL << 63);
        machine.Hart.WriteCsr("mideleg", SupervisorTimer);
        machine.Hart.WriteCsr("mie", SupervisorTimer);
        machine.Hart.WriteCsr("stvec", Machine.Handler);
        machine.Hart.WriteCsr("mstatus", 2);
        machine.Hart.WriteCsr("stimecmp", 40);
        machine.Code(Machine.Ram, Asm("addi", rd: 3, rs1: 3, imm: 1), Asm("jal", imm: -4));
        machine.Hart.ProgramCounter = Machine.Ram;
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        machine.Code(Machine.Handler, Asm("addi", rd: 4, imm: 1));
        machine.Hart.Run(42);
        Assert.Equal((20UL, 1UL, TrapCause.InterruptBit + 5), (machine.Hart[3], machine.Hart[4], machine.Hart.ReadCsr("scause")));

        machine.Hart.WriteCsr("stimecmp", 1_000);
        machine.Code(Machine.Ram, Asm("wfi"));
        machine.Fence();
        machine.Hart.ProgramCounter = Machine.Ram;
        Assert.Equal(HartExit.WaitForInterrupt, machine.Hart.Run(900));
        machine.Hart.Run(1_001);
        Assert.False(machine.Hart.IsWaitingForInterrupt);
    }

    [Fact]
    public void With_a_virtual_clock_the_supervisor_timer_follows_it()
    {
        using Machine machine = With(Extensions.Sstc, 1_000_000_000, 10_000_000);
        MovingClock clock = new();
        machine.Hart.Clock = clock;
        machine.Hart.WriteCsr("menvcfg", 1UL << 63);
        machine.Hart.WriteCsr("stimecmp", 50);
        Assert.Equal(5_000UL, machine.Hart.SupervisorTimerAt);
        machine.Step();
        Assert.Equal(0UL, machine.Hart.ReadCsr("mip") & SupervisorTimer);
        clock.Now = 5_000;
        machine.Step();
        Assert.Equal(SupervisorTimer, machine.Hart.ReadCsr("mip") & SupervisorTimer);
        Assert.Equal(ulong.MaxValue, machine.Hart.SupervisorTimerAt);
    }

    [Theory]
    [InlineData(0UL, 2UL, 2)]
    [InlineData(1UL << 63, 0UL, 2)]
    [InlineData(1UL << 63, 2UL, -1)]
    public void S_mode_has_stimecmp_when_both_switches_say_so(ulong menvcfg, ulong mcounteren, int cause)
    {
        using Machine machine = With(Extensions.Sstc);
        machine.OpenProtection();
        machine.Hart.WriteCsr("menvcfg", menvcfg);
        machine.Hart.WriteCsr("mcounteren", mcounteren);
        uint word = Asm("csrrs", rd: 3, csr: Machine.Csr("stimecmp"));
        Assert.Equal(-1, machine.CauseOf(word));
        Assert.Equal(cause, machine.CauseOf(word, PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(word, PrivilegeMode.User));
    }

    [Fact]
    public void State_enables_hide_registers_from_S_mode()
    {
        using Machine machine = With(Extensions.Smstateen);
        machine.OpenProtection();
        uint senvcfg = Asm("csrrs", rd: 3, csr: Machine.Csr("senvcfg"));
        uint sstateen = Asm("csrrs", rd: 3, csr: Machine.Csr("sstateen0"));
        Assert.Equal(2, machine.CauseOf(senvcfg, PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(sstateen, PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mstateen0", ulong.MaxValue);
        Assert.Equal(3UL << 62, machine.Hart.ReadCsr("mstateen0"));
        Assert.Equal(-1, machine.CauseOf(senvcfg, PrivilegeMode.Supervisor));
        Assert.Equal(-1, machine.CauseOf(sstateen, PrivilegeMode.Supervisor));
    }

    [Theory]
    [InlineData("stimecmp", Extensions.Sstc)]
    [InlineData("scountovf", Extensions.Sscofpmf)]
    [InlineData("mseccfg", Extensions.Smepmp)]
    [InlineData("mstateen0", Extensions.Smstateen)]
    [InlineData("sstateen3", Extensions.Smstateen)]
    [InlineData("fcsr", Extensions.F)]
    public void Registers_exist_only_with_their_extension(string csr, Extensions extension)
    {
        uint word = Asm("csrrs", rd: 3, csr: Machine.Csr(csr));
        using Machine with = With(extension);
        with.Hart.WriteCsr("mstatus", 3UL << 13);
        Assert.Equal(-1, with.CauseOf(word));
        using Machine without = With(Extensions.All & ~(extension | Extensions.D | Extensions.Zfh | Extensions.Zfhmin));
        without.Hart.WriteCsr("mstatus", 3UL << 13);
        Assert.Equal(2, without.CauseOf(word));
    }

    [Fact]
    public void Counter_overflow_interrupts_exist_with_Sscofpmf()
    {
        using Machine machine = With(Extensions.Sscofpmf);
        machine.Hart.WriteCsr("mideleg", ulong.MaxValue);
        machine.Hart.WriteCsr("mie", ulong.MaxValue);
        machine.Hart.WriteCsr("mip", ulong.MaxValue);
        Assert.Equal((0x2222UL, 0x2AAAUL, 0x2222UL), (machine.Hart.ReadCsr("mideleg"), machine.Hart.ReadCsr("mie"), machine.Hart.ReadCsr("mip")));
        machine.Hart.WriteCsr("sip", 0);
        Assert.Equal(0x220UL, machine.Hart.ReadCsr("mip"));
    }

    [Theory]
    [InlineData(Extensions.F | Extensions.D, "FD")]
    [InlineData(Extensions.Zba | Extensions.Zbb | Extensions.Zbs, "B")]
    [InlineData(Extensions.Zba | Extensions.Zbs, "")]
    public void Misa_tells_the_letters(Extensions extensions, string letters)
    {
        using Machine machine = With(extensions);
        ulong expected = ("ACIMSU" + letters).Aggregate(2UL << 62, (all, letter) => all | (1UL << (letter - 'A')));
        Assert.Equal(expected, machine.Hart.ReadCsr("misa"));
    }

    private static Machine With(Extensions extensions, ulong frequency = 1_000_000_000, ulong timebase = 10_000_000) => new(
        configuration => configuration with { Extensions = extensions, Frequency = frequency, TimebaseFrequency = timebase });

    private sealed class MovingClock : Soc.Memory.IVirtualClock
    {
        public ulong Now { get; set; }
    }
}
