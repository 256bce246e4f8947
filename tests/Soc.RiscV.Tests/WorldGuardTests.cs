using Soc.Memory;
using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>worldguard.md sections 10.1 and 10.5: the cases that a hart alone decides. Memory answers come from <see cref="FakeChecker"/>.</summary>
public class WorldGuardTests
{
    private const ulong P = Machine.Ram + 0x10000;
    private const ulong Word = 0x1234_5678_9ABC_DEF0;

    [Fact]
    public void C1_reset_values_under_bypass()
    {
        using Machine machine = Virt();
        Assert.Equal((3UL, 0UL), (Csr(machine, "mlwid"), Csr(machine, "mwiddeleg")));
    }

    [Fact]
    public void C2_slwid_traps_in_M_mode_while_nothing_is_delegated()
    {
        using Machine machine = Virt();
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x190)));
        Assert.Equal(2, machine.CauseOf(Asm("csrrw", rs1: 1, csr: 0x190)));
    }

    [Fact]
    public void C3_lower_modes_reach_only_their_own_registers()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mwiddeleg", 0xF);
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x190), PrivilegeMode.User));
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x390), PrivilegeMode.Supervisor));
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x748), PrivilegeMode.Supervisor));
        Assert.Equal(-1, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x190), PrivilegeMode.Supervisor));
    }

    [Fact]
    public void C4_mlwid_write_of_an_illegal_world_becomes_the_lowest_legal_one()
    {
        using Machine machine = Virt(list: 0xB);
        Assert.Equal(0UL, Write(machine, "mlwid", 2));
    }

    [Fact]
    public void C5_the_whole_register_is_compared()
    {
        using Machine machine = Virt(list: 0xA);
        Assert.Equal(
            [1UL, 3UL, 1UL, 1UL, 1UL],
            new ulong[] { 0, 3, 7, 65, ulong.MaxValue }.Select(value => Write(machine, "mlwid", value)));
    }

    [Fact]
    public void C6_mwiddeleg_keeps_the_worlds_of_mwidlist()
    {
        using Machine machine = Virt(list: 0xB);
        Assert.Equal(0xBUL, Write(machine, "mwiddeleg", ulong.MaxValue));
        Assert.Equal(0UL, Write(machine, "mwiddeleg", 0x4));
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: 0x190)));
    }

    [Fact]
    public void C7_slwid_takes_delegated_worlds_only()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mwiddeleg", 0xA);
        Assert.Equal([1UL, 3UL, 1UL], new ulong[] { 0, 3, 2 }.Select(value => Write(machine, "slwid", value)));
    }

    [Fact]
    public void C8_slwid_is_legalised_when_the_delegation_shrinks()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mwiddeleg", 0xA);
        machine.Hart.WriteCsr("slwid", 3);
        machine.Hart.WriteCsr("mwiddeleg", 0x3);
        Assert.Equal(0UL, Csr(machine, "slwid"));
    }

    [Theory]
    [InlineData(0xFu, 3UL)]
    [InlineData(0x7u, 0UL)]
    public void C9_set_bits_legalise_the_merged_value(uint list, ulong expected)
    {
        using Machine machine = Virt(list: list);
        machine.Hart.WriteCsr("mlwid", 1);
        machine.Execute(Asm("csrrsi", rs1: 2, csr: 0x390));
        Assert.Equal(expected, Csr(machine, "mlwid"));
    }

    [Fact]
    public void C10_the_reset_value_is_legalised()
    {
        using Machine machine = Virt(list: 0xA, bypass: false);
        Assert.Equal(1UL, Csr(machine, "mlwid"));
    }

    [Fact]
    public void C11_loads_carry_the_world_of_their_effective_mode()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.Supervisor));
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.User));
        machine.Hart.WriteCsr("mwiddeleg", 4);
        machine.Hart.WriteCsr("slwid", 2);
        Assert.Equal(0UL, LoadAs(machine, PrivilegeMode.User));
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.Supervisor));
    }

    [Fact]
    public void C12_M_mode_carries_its_own_world()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.Machine));
    }

    [Fact]
    public void C13_fetches_ignore_MPRV()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | (1UL << 11));
        Assert.Equal(-1, machine.CauseOf(Asm("addi", rd: 3, imm: 5)));
        Assert.Equal(5UL, machine.Hart[3]);
    }

    [Fact]
    public void C14_without_Smwg_there_are_no_registers_and_one_world()
    {
        using Machine machine = Virt(smwg: false);
        foreach (int csr in (int[])[0x390, 0x748, 0x190])
        {
            Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: csr)));
        }

        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.Supervisor));
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.User));
    }

    [Fact]
    public void C15_reset_returns_to_the_bypass_values()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        machine.Hart.WriteCsr("mwiddeleg", 2);
        machine.Hart.Reset();
        Assert.Equal((3UL, 0UL), (Csr(machine, "mlwid"), Csr(machine, "mwiddeleg")));
    }

    [Fact]
    public void I3_mlwid_takes_effect_without_a_fence()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mlwid", 2);
        Assert.Equal(0UL, LoadAs(machine, PrivilegeMode.Supervisor));
    }

    [Fact]
    public void I4_delegation_takes_effect_without_a_fence()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        Assert.Equal(Word, LoadAs(machine, PrivilegeMode.User));
        machine.Hart.WriteCsr("mwiddeleg", 4);
        Assert.Equal(0UL, LoadAs(machine, PrivilegeMode.User));
    }

    [Fact]
    public void I5_slwid_is_followed_at_once()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mwiddeleg", 0xE);
        foreach ((ulong world, ulong seen) in (ReadOnlySpan<(ulong, ulong)>)[(1, Word), (2, 0), (3, Word), (2, 0), (1, Word)])
        {
            machine.Hart.WriteCsr("slwid", world);
            Assert.Equal(seen, LoadAs(machine, PrivilegeMode.User));
        }
    }

    [Fact]
    public void B2_a_jump_to_a_refused_page_is_an_illegal_instruction()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 2);
        machine.Hart.SetMode(PrivilegeMode.Supervisor);
        machine.Hart.ProgramCounter = P;
        machine.Step();
        Assert.Equal((2UL, 0UL, P), (Csr(machine, "mcause"), Csr(machine, "mtval"), Csr(machine, "mepc")));
    }

    [Fact]
    public void B17_page_tables_in_a_refused_page_are_a_page_fault()
    {
        using Machine machine = Virt();
        machine.Hart.WriteCsr("mlwid", 1);
        machine.Hart.WriteCsr("satp", (8UL << 60) | ((Machine.Ram + 0x20000) >> 12));
        machine.Hart[1] = P;
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | (1UL << 11));
        Assert.Equal(13, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        Assert.Equal(P, Csr(machine, "mtval"));
    }

    [Theory]
    [InlineData(3, null, null, null, "3")]
    [InlineData(4, 4, null, null, "4")]
    [InlineData(4, null, 7, null, "7")]
    [InlineData(4, null, null, 0x10u, "0x10")]
    [InlineData(4, null, null, 0u, "0x0")]
    public void Impossible_configurations_are_refused(int worlds, int? trusted, int? mwid, uint? list, string named)
    {
        WorldGuardConfiguration configuration = new() { Worlds = worlds, TrustedWid = trusted, MachineWid = mwid, MachineWidList = list };
        Assert.Contains(named, Assert.Throws<ArgumentException>(configuration.Validate).Message);
    }

    private static ulong Csr(Machine machine, string name) => machine.Hart.ReadCsr(name);

    private static ulong Write(Machine machine, string name, ulong value)
    {
        machine.Hart.WriteCsr(name, value);
        return machine.Hart.ReadCsr(name);
    }

    /// <summary>A load of P by M-mode with MPRV and the given MPP.</summary>
    private static ulong LoadAs(Machine machine, PrivilegeMode mode)
    {
        machine.Hart[1] = P;
        machine.Hart.WriteCsr("mstatus", MachineStatus.Mprv | ((ulong)mode << 11));
        Assert.Equal(-1, machine.CauseOf(Asm("ld", rd: 2, rs1: 1)));
        machine.Hart.WriteCsr("mstatus", 0);
        return machine.Hart[2];
    }

    /// <summary>Memory behind a checker that grants P to WID 1, on a board with four worlds of which 3 is trusted.</summary>
    private static Machine Virt(uint list = 0xF, bool bypass = true, bool smwg = true)
    {
        Machine machine = new(
            configuration => configuration with
            {
                WorldGuard = new WorldGuardConfiguration
                {
                    Worlds = 4,
                    TrustedWid = 3,
                    HardwareBypass = bypass,
                    MachineWidList = list,
                    HasSmwg = smwg,
                    HasSswg = smwg,
                },
            },
            m =>
            {
                FakeChecker checker = new(m.Tree, new RamRegion("ram", m.Memory), 16 << 20);
                checker.Grant(P - Machine.Ram, 1);
                m.Root.Add(Machine.Ram, checker);
            });
        machine.OpenProtection();
        machine.Write(P, Word);
        return machine;
    }
}
