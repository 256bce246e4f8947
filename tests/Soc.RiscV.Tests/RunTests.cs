using Soc.Memory;
using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class RunTests
{
    private const ulong Data = Machine.Ram + 0x10000;
    private const ulong Device = 0x1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_slice_ends_at_the_very_cycle(int cycles)
    {
        using Machine machine = Counting();
        machine.Step(2);
        ulong from = machine.Hart.Cycles;
        ulong retired = machine.Hart.InstructionsRetired;
        Assert.Equal(HartExit.Budget, machine.Hart.Run(from + (ulong)cycles));
        Assert.Equal(((ulong)cycles, (ulong)cycles), (machine.Hart.Cycles - from, machine.Hart.InstructionsRetired - retired));
        Assert.Equal(HartExit.Budget, machine.Hart.Run(machine.Hart.Cycles));
        Assert.Equal((ulong)cycles, machine.Hart.InstructionsRetired - retired);
    }

    [Fact]
    public void Slicing_does_not_change_what_is_computed()
    {
        using Machine whole = Counting();
        using Machine sliced = Counting();
        whole.Hart.Run(10_000);
        while (sliced.Hart.Cycles < 10_000)
        {
            sliced.Hart.Run(Math.Min(10_000, sliced.Hart.Cycles + 13));
        }

        Assert.Equal((whole.Hart.ProgramCounter, whole.Hart[1], whole.Hart[2]), (sliced.Hart.ProgramCounter, sliced.Hart[1], sliced.Hart[2]));
    }

    [Fact]
    public void The_timer_interrupts_at_its_deadline()
    {
        using Machine machine = Counting();
        Hart hart = machine.Hart;
        machine.Code(Machine.Handler, Asm("csrrs", rd: 5, csr: Machine.Csr("mcycle")), Asm("jal", imm: 0));
        hart.WriteCsr("mie", 1 << 7);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart.TimerDeadlineCycle = 1234;
        hart.Run(2000);
        Assert.Equal(TrapCause.InterruptBit | 7, hart.ReadCsr("mcause"));
        Assert.Equal(1235UL, hart[5]);
        Assert.Equal(1UL << 7, hart.ReadCsr("mip"));
        hart.TimerDeadlineCycle = ulong.MaxValue;
        Assert.Equal(0UL, hart.ReadCsr("mip"));
    }

    [Fact]
    public void A_deadline_that_a_device_sets_in_the_middle_of_a_slice_counts()
    {
        RecordingDevice device = new();
        using Machine machine = WithDevice(device);
        Hart hart = machine.Hart;
        device.OnWrite = () => hart.TimerDeadlineCycle = hart.Cycles + 100;
        hart.WriteCsr("mie", 1 << 7);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart[1] = Device;
        machine.Code(Machine.Ram, Asm("sd", rs1: 1), Asm("addi", rd: 2, rs1: 2, imm: 1), Asm("jal", imm: -4));
        machine.Code(Machine.Handler, Asm("csrrs", rd: 5, csr: Machine.Csr("mcycle")), Asm("jal", imm: 0));
        hart.Run(100_000);
        Assert.InRange(hart[5], hart.TimerDeadlineCycle, hart.TimerDeadlineCycle + 1);
    }

    [Fact]
    public void A_line_that_a_device_raises_interrupts_right_behind_the_store()
    {
        RecordingDevice device = new();
        using Machine machine = WithDevice(device);
        Hart hart = machine.Hart;
        device.OnWrite = () => hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        hart.WriteCsr("mie", 1 << 3);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart[1] = Device;
        machine.Code(Machine.Ram, Asm("sd", rs1: 1), Asm("addi", rd: 2, imm: 1));
        machine.Code(Machine.Handler, Asm("jal", imm: 0));
        hart.Run(1000);
        Assert.Equal((0UL, Machine.Ram + 4), (hart[2], hart.ReadCsr("mepc")));
    }

    [Fact]
    public void Waiting_for_an_interrupt_costs_nothing_and_ends_with_any_enabled_one()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Code(Machine.Ram, Asm("wfi"), Asm("addi", rd: 1, imm: 1));
        hart.WriteCsr("mie", 1 << 11);
        Assert.Equal(HartExit.WaitForInterrupt, hart.Run(1_000_000));
        ulong asleep = hart.Cycles;
        Assert.True(hart.IsWaitingForInterrupt);
        Assert.Equal(HartExit.WaitForInterrupt, hart.Run(1_000_000));
        hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        Assert.Equal(HartExit.WaitForInterrupt, hart.Run(1_000_000));
        Assert.Equal(asleep, hart.Cycles);

        // Although mstatus.MIE is clear: the instruction completes and nothing is trapped (privileged ISA, section 3.3.3).
        hart.SetInterruptLine(InterruptLine.MachineExternal, true);
        hart.Step();
        Assert.Equal((1UL, false), (hart[1], hart.IsWaitingForInterrupt));
    }

    [Fact]
    public void Waiting_with_an_interrupt_pending_is_a_no_operation()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("wfi"), Asm("addi", rd: 1, imm: 1));
        machine.Hart.WriteCsr("mie", 1 << 3);
        machine.Hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        machine.Step(2);
        Assert.Equal(1UL, machine.Hart[1]);
    }

    [Fact]
    public void A_timer_deadline_inside_the_slice_wakes_the_hart_at_that_cycle()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Code(Machine.Ram, Asm("wfi"), Asm("csrrs", rd: 1, csr: Machine.Csr("mcycle")), Asm("jal", imm: 0));
        hart.WriteCsr("mie", 1 << 7);
        hart.TimerDeadlineCycle = 5000;
        Assert.Equal(HartExit.WaitForInterrupt, hart.Run(4000));
        hart.Run(6000);
        Assert.Equal(5000UL, hart[1]);
    }

    [Fact]
    public void An_exit_request_ends_a_running_slice()
    {
        using Machine machine = Counting();
        Thread other = new(() =>
        {
            Thread.Sleep(20);
            machine.Hart.RequestExit();
        });
        other.Start();
        Assert.Equal(HartExit.ExitRequested, machine.Hart.Run(ulong.MaxValue));
        other.Join();
        ulong retired = machine.Hart.InstructionsRetired;
        Assert.Equal(HartExit.Budget, machine.Hart.Run(machine.Hart.Cycles + 10));
        Assert.Equal(retired + 10, machine.Hart.InstructionsRetired);
    }

    [Fact]
    public void A_pending_load_retires_with_the_answer_and_is_not_repeated()
    {
        using Machine machine = WithRemote();
        Hart hart = machine.Hart;
        hart[1] = Device + 8;
        machine.Code(Machine.Ram, Asm("lw", rd: 2, rs1: 1), Asm("addi", rd: 3, imm: 1));
        Assert.Equal(HartExit.PendingTransaction, hart.Run(1000));
        ulong retired = hart.InstructionsRetired;
        Assert.Equal((AccessKind.Load, 8UL, 4), (hart.PendingAccess.Access.Kind, hart.PendingAccess.Access.Offset, hart.PendingAccess.Access.Size));
        Assert.Equal(HartExit.PendingTransaction, hart.Run(1000));
        hart.CompleteTransaction(AccessResult.Ok, 0x8000_0001);
        Assert.Equal((0xFFFF_FFFF_8000_0001UL, Machine.Ram + 4, retired + 1), (hart[2], hart.ProgramCounter, hart.InstructionsRetired));
        hart.Step();
        Assert.Equal(1UL, hart[3]);
        Assert.Throws<InvalidOperationException>(() => hart.CompleteTransaction(AccessResult.Ok, 0));
    }

    [Fact]
    public void A_pending_store_retires_before_an_interrupt_is_taken()
    {
        using Machine machine = WithRemote();
        Hart hart = machine.Hart;
        hart.WriteCsr("mie", 1 << 3);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart[1] = Device;
        hart[2] = 0x1122_3344_5566_7788;
        machine.Code(Machine.Ram, Asm("sw", rs1: 1, rs2: 2));
        Assert.Equal(HartExit.PendingTransaction, hart.Run(1000));
        Assert.Equal(0x5566_7788UL, hart.PendingAccess.Value);
        hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        Assert.Equal(HartExit.PendingTransaction, hart.Run(1000));
        hart.CompleteTransaction(AccessResult.Ok, 0);
        hart.Step();
        Assert.Equal((Machine.Handler, Machine.Ram + 4), (hart.ProgramCounter, hart.ReadCsr("mepc")));
    }

    [Theory]
    [InlineData("lw", 5)]
    [InlineData("sw", 7)]
    public void A_refused_transaction_is_an_access_fault(string mnemonic, int cause)
    {
        using Machine machine = WithRemote();
        Hart hart = machine.Hart;
        hart[1] = Device + 0x10;
        machine.Code(Machine.Ram, Asm(mnemonic, rd: 2, rs1: 1, rs2: 2));
        hart.Run(1000);
        hart.CompleteTransaction(AccessResult.Error, 0);
        Assert.Equal(((ulong)cause, Device + 0x10, Machine.Ram), (hart.ReadCsr("mcause"), hart.ReadCsr("mtval"), hart.ReadCsr("mepc")));
    }

    [Fact]
    public void A_polling_loop_leaves_its_slice_early_and_sees_the_change()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        hart[1] = Data;
        machine.Code(Machine.Ram, Asm("ld", rd: 2, rs1: 1), Asm("beq", rs1: 2, rs2: 0, imm: -4), Asm("addi", rd: 3, imm: 1));
        Assert.Equal(HartExit.Spin, hart.Run(1_000_000));
        Assert.InRange(hart.Cycles, 64UL, 1000UL);
        Assert.Equal(HartExit.Spin, hart.Run(1_000_000));
        machine.Write(Data, 1);
        hart.Run(hart.Cycles + 3);
        Assert.Equal(1UL, hart[3]);
    }

    [Fact]
    public void A_loop_that_polls_a_device_is_a_spin_too()
    {
        using Machine machine = WithDevice(new RecordingDevice(0));
        machine.Hart[1] = Device;
        machine.Code(Machine.Ram, Asm("ld", rd: 2, rs1: 1), Asm("andi", rd: 2, rs1: 2, imm: 1), Asm("beq", rs1: 2, rs2: 0, imm: -8));
        Assert.Equal(HartExit.Spin, machine.Hart.Run(1_000_000));
    }

    [Fact]
    public void Loops_that_count_or_store_are_no_spins()
    {
        using Machine counting = Counting();
        Assert.Equal(HartExit.Budget, counting.Hart.Run(100_000));
        using Machine storing = new();
        storing.Hart[1] = Data;
        storing.Code(Machine.Ram, Asm("sd", rs1: 1), Asm("jal", imm: -4));
        Assert.Equal(HartExit.Budget, storing.Hart.Run(100_000));
    }

    [Fact]
    public void Spins_run_on_when_that_is_configured()
    {
        using Machine machine = new(configuration => configuration with { YieldOnSpin = false });
        machine.Code(Machine.Ram, Asm("jal", imm: 0));
        Assert.Equal(HartExit.Budget, machine.Hart.Run(100_000));
    }

    [Fact]
    public void Pause_hints_end_a_slice()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, 0x0100000Fu, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("jal", imm: -8));
        Assert.Equal(HartExit.Spin, machine.Hart.Run(100_000));
        Assert.InRange(machine.Hart[1], 8UL, 100UL);
    }

    [Fact]
    public void Reset_starts_over_but_time_goes_on()
    {
        using Machine machine = Counting();
        Hart hart = machine.Hart;
        hart.Run(1000);
        hart.WriteCsr("pmpcfg0", 0x9F);
        hart.SetMode(PrivilegeMode.User);
        ulong cycles = hart.Cycles;
        hart.Reset();
        Assert.Equal((Machine.Ram, PrivilegeMode.Machine, 0UL, 0UL, cycles), (hart.ProgramCounter, hart.Mode, hart[1], hart.ReadCsr("pmpcfg0"), hart.Cycles));
        Assert.Equal(0UL, hart.ReadCsr("minstret"));
    }

    private static Machine Counting()
    {
        Machine machine = new();
        machine.Code(Machine.Ram, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("add", rd: 2, rs1: 2, rs2: 1), Asm("jal", imm: -8));
        return machine;
    }

    private static Machine WithDevice(RecordingDevice device) => new(build: m =>
    {
        m.Root.Add(Machine.Ram, new RamRegion("ram", m.Memory));
        m.Root.Add(Device, new MmioRegion("device", 0x1000, device));
    });

    private static Machine WithRemote() => new(build: m =>
    {
        m.Root.Add(Machine.Ram, new RamRegion("ram", m.Memory));
        m.Root.Add(Device, new RemoteRegion("remote", 0x1000, 3));
    });
}
