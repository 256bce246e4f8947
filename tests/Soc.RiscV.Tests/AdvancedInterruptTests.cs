using Soc.Memory;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Smaia and Ssaia: the CSRs through which a hart sees its interrupt files, and its top interrupts.</summary>
public class AdvancedInterruptTests
{
    [Fact]
    public void The_indirect_registers_reach_the_file_of_their_mode()
    {
        FakeFile machineFile = new();
        FakeFile supervisorFile = new();
        using Machine machine = With(machineFile, supervisorFile);
        machine.Hart.WriteCsr("miselect", 0x80);
        machine.Hart.WriteCsr("siselect", 0xC0);
        machine.Hart[1] = 0xF0;
        machine.Hart[2] = 0x30;
        machine.Execute(Asm("csrrw", rs1: 1, csr: Machine.Csr("mireg")));
        machine.Execute(Asm("csrrc", rd: 3, rs1: 2, csr: Machine.Csr("mireg")));
        machine.Execute(Asm("csrrs", rd: 4, rs1: 2, csr: Machine.Csr("sireg")));
        machine.Execute(Asm("csrrs", rd: 5, csr: Machine.Csr("sireg")));
        Assert.Equal((0xF0UL, 0UL, 0x30UL), (machine.Hart[3], machine.Hart[4], machine.Hart[5]));
        Assert.Equal((0xC0UL, 0x30UL), (machineFile.Registers[0x80], supervisorFile.Registers[0xC0]));
    }

    [Theory]
    [InlineData(0x30UL, -1)]
    [InlineData(0x3EUL, -1)]
    [InlineData(0x31UL, 2)]
    [InlineData(0x40UL, 2)]
    [InlineData(0x70UL, -1)]
    [InlineData(0x81UL, 2)]
    [InlineData(0x100UL, 2)]
    public void What_is_selected_must_exist(ulong select, int cause)
    {
        using Machine machine = With(new FakeFile(), new FakeFile());
        machine.Hart.WriteCsr("miselect", select);
        Assert.Equal(cause, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("mireg"))));
        machine.Hart.WriteCsr("siselect", select);
        Assert.Equal(cause, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr("sireg"))));
    }

    [Fact]
    public void A_write_of_the_top_external_interrupt_claims_what_the_same_instruction_reads()
    {
        FakeFile file = new() { Pending = { 7, 9 } };
        using Machine machine = With(file, new FakeFile());
        uint read = Asm("csrrs", rd: 3, csr: Machine.Csr("mtopei"));
        uint claim = Asm("csrrw", rd: 3, csr: Machine.Csr("mtopei"));
        machine.Execute(read);
        Assert.Equal((0x70007UL, 2), (machine.Hart[3], file.Pending.Count));
        machine.Execute(claim);
        Assert.Equal((0x70007UL, 1), (machine.Hart[3], file.Pending.Count));
        machine.Execute(claim);
        Assert.Equal(0x90009UL, machine.Hart[3]);
        machine.Execute(claim);
        Assert.Equal(0UL, machine.Hart[3]);
    }

    [Fact]
    public void Top_interrupts_are_those_pending_and_enabled_that_their_mode_takes()
    {
        using Machine machine = With(null, null);
        Hart hart = machine.Hart;
        Assert.Equal((0UL, 0UL), (hart.ReadCsr("mtopi"), hart.ReadCsr("stopi")));
        hart.WriteCsr("mideleg", 0x222);
        hart.WriteCsr("mie", 0xAAA);
        hart.WriteCsr("mip", 0x222);
        Assert.Equal((0UL, 0x90001UL), (hart.ReadCsr("mtopi"), hart.ReadCsr("stopi")));
        hart.SetInterruptLine(InterruptLine.MachineTimer, true);
        hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        Assert.Equal(0x30001UL, hart.ReadCsr("mtopi"));
        hart.WriteCsr("mie", 0x82);
        Assert.Equal((0x70001UL, 0x10001UL), (hart.ReadCsr("mtopi"), hart.ReadCsr("stopi")));
    }

    [Theory]
    [InlineData("miselect")]
    [InlineData("mtopi")]
    [InlineData("mvien")]
    [InlineData("mvip")]
    [InlineData("siselect")]
    [InlineData("stopi")]
    [InlineData("stopei")]
    [InlineData("mtopei")]
    public void Without_the_extensions_there_is_nothing(string csr)
    {
        using Machine machine = new();
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 3, csr: Machine.Csr(csr))));
    }

    [Theory]
    [InlineData("siselect", 60)]
    [InlineData("stopi", 59)]
    [InlineData("stopei", 58)]
    public void State_enables_grant_them_to_S_mode(string csr, int bit)
    {
        using Machine machine = With(new FakeFile(), new FakeFile(), Extensions.Smaia | Extensions.Ssaia | Extensions.Smstateen);
        machine.OpenProtection();
        uint word = Asm("csrrs", rd: 3, csr: Machine.Csr(csr));
        Assert.Equal(2, machine.CauseOf(word, PrivilegeMode.Supervisor));
        machine.Hart.WriteCsr("mstateen0", 1UL << bit);
        Assert.Equal(-1, machine.CauseOf(word, PrivilegeMode.Supervisor));
    }

    [Fact]
    public void Pending_bits_have_a_second_window()
    {
        using Machine machine = With(null, null);
        machine.Hart.WriteCsr("mvip", 0x202);
        Assert.Equal(0x202UL, machine.Hart.ReadCsr("mip"));
        machine.Hart.WriteCsr("mvien", ulong.MaxValue);
        Assert.Equal(0UL, machine.Hart.ReadCsr("mvien"));
    }

    private static Machine With(IInterruptFile? machineFile, IInterruptFile? supervisorFile, Extensions extensions = Extensions.Smaia | Extensions.Ssaia)
    {
        Machine machine = new(configuration => configuration with { Extensions = extensions });
        machine.Hart.MachineFile = machineFile;
        machine.Hart.SupervisorFile = supervisorFile;
        return machine;
    }

    private sealed class FakeFile : IInterruptFile
    {
        public Dictionary<ulong, ulong> Registers { get; } = [];

        public SortedSet<uint> Pending { get; } = [];

        public int IdentityCount => 63;

        public ulong Top => Pending.Count == 0 ? 0 : ((ulong)Pending.Min << 16) | Pending.Min;

        public ulong ClaimTop(IInitiator by)
        {
            ulong top = Top;
            Pending.Remove((uint)(top & 0x7FF));
            return top;
        }

        public bool TryUpdate(ulong select, ulong clear, ulong set, IInitiator by, out ulong old)
        {
            old = Registers.GetValueOrDefault(select);
            Registers[select] = (old & ~clear) | set;
            return select % 2 == 0;
        }
    }
}
