using Soc.RiscV.Csr;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class TrapTests
{
    private const ulong SupervisorHandler = Machine.Ram + 0x9000;

    [Theory]
    [InlineData(PrivilegeMode.User, 8)]
    [InlineData(PrivilegeMode.Supervisor, 9)]
    [InlineData(PrivilegeMode.Machine, 11)]
    public void Environment_calls_tell_the_mode_and_do_not_retire(PrivilegeMode mode, int cause)
    {
        using Machine machine = new();
        machine.OpenProtection();
        ulong before = machine.Hart.InstructionsRetired;
        Assert.Equal(cause, machine.CauseOf(Asm("ecall"), mode));
        Assert.Equal(before, machine.Hart.InstructionsRetired);
        Assert.Equal(PrivilegeMode.Machine, machine.Hart.Mode);
        Assert.Equal((ulong)mode, (machine.Hart.ReadCsr("mstatus") >> 11) & 3);
        Assert.Equal(0UL, machine.Hart.ReadCsr("mtval"));
    }

    [Fact]
    public void Breakpoints_name_their_own_address()
    {
        using Machine machine = new();
        Assert.Equal(3, machine.CauseOf(Asm("ebreak")));
        Assert.Equal(Machine.Ram, machine.Hart.ReadCsr("mtval"));
        Assert.Equal(3, machine.CauseOf(Asm("c.ebreak")));
    }

    [Fact]
    public void Delegated_exceptions_go_to_S_mode_and_come_back()
    {
        using Machine machine = new();
        machine.OpenProtection();
        Hart hart = machine.Hart;
        hart.WriteCsr("medeleg", 1 << 8);
        hart.WriteCsr("stvec", SupervisorHandler);
        hart.WriteCsr("sstatus", MachineStatus.Sie);
        hart.SetMode(PrivilegeMode.User);
        machine.Code(Machine.Ram, Asm("ecall"));
        machine.Code(SupervisorHandler, Asm("sret"));
        machine.Step();
        Assert.Equal((SupervisorHandler, PrivilegeMode.Supervisor), (hart.ProgramCounter, hart.Mode));
        Assert.Equal((8UL, Machine.Ram), (hart.ReadCsr("scause"), hart.ReadCsr("sepc")));
        Assert.Equal(MachineStatus.Spie, hart.ReadCsr("sstatus") & (MachineStatus.Sie | MachineStatus.Spie | MachineStatus.Spp));
        machine.Step();
        Assert.Equal((Machine.Ram, PrivilegeMode.User), (hart.ProgramCounter, hart.Mode));
        Assert.Equal(MachineStatus.Sie | MachineStatus.Spie, hart.ReadCsr("sstatus") & (MachineStatus.Sie | MachineStatus.Spie | MachineStatus.Spp));
    }

    [Fact]
    public void Exceptions_of_M_mode_are_never_delegated()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("medeleg", ulong.MaxValue);
        Assert.Equal(3, machine.CauseOf(Asm("ebreak")));
    }

    [Fact]
    public void Mret_restores_mode_and_interrupt_enable_and_clears_MPRV()
    {
        using Machine machine = new();
        machine.OpenProtection();
        Hart hart = machine.Hart;
        hart.WriteCsr("mstatus", MachineStatus.Mpie | (1UL << 11) | MachineStatus.Mprv);
        hart.WriteCsr("mepc", Machine.Ram + 0x40);
        machine.Execute(Asm("mret"));
        Assert.Equal((Machine.Ram + 0x40, PrivilegeMode.Supervisor), (hart.ProgramCounter, hart.Mode));
        Assert.Equal(MachineStatus.Mie | MachineStatus.Mpie, hart.ReadCsr("mstatus") & ~MachineStatus.Lengths);
    }

    [Theory]
    [InlineData("mret", PrivilegeMode.Supervisor)]
    [InlineData("mret", PrivilegeMode.User)]
    [InlineData("sret", PrivilegeMode.User)]
    [InlineData("sfence.vma", PrivilegeMode.User)]
    [InlineData("wfi", PrivilegeMode.User)]
    public void Privileged_instructions_are_illegal_below_their_mode(string mnemonic, PrivilegeMode mode)
    {
        using Machine machine = new();
        machine.OpenProtection();
        Assert.Equal(2, machine.CauseOf(Asm(mnemonic), mode));
    }

    [Fact]
    public void Interrupts_are_taken_in_the_order_of_the_manual()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        hart.WriteCsr("mie", ulong.MaxValue);
        hart.WriteCsr("mip", 0x222);
        hart.SetInterruptLine(InterruptLine.MachineExternal, true);
        hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        hart.SetInterruptLine(InterruptLine.MachineTimer, true);
        List<ulong> taken = [];
        foreach (int number in (int[])[11, 3, 7, 9, 1, 5])
        {
            hart.WriteCsr("mstatus", MachineStatus.Mie);
            machine.Step();
            taken.Add(hart.ReadCsr("mcause"));
            hart.WriteCsr("mie", hart.ReadCsr("mie") & ~(1UL << number));
        }

        Assert.Equal([.. new ulong[] { 11, 3, 7, 9, 1, 5 }.Select(cause => TrapCause.InterruptBit | cause)], taken);
    }

    [Fact]
    public void Vectored_interrupts_jump_into_the_table_and_exceptions_do_not()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        hart.WriteCsr("mtvec", Machine.Handler | 1);
        hart.WriteCsr("mie", 1 << 7);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart.SetInterruptLine(InterruptLine.MachineTimer, true);
        hart.Step();
        Assert.Equal(Machine.Handler + 28, hart.ProgramCounter);
        hart.SetInterruptLine(InterruptLine.MachineTimer, false);
        Assert.Equal(11, machine.CauseOf(Asm("ecall")));
        Assert.Equal(Machine.Handler, hart.ProgramCounter);
    }

    [Fact]
    public void Delegated_interrupts_wait_while_M_mode_runs_and_interrupt_S_mode()
    {
        using Machine machine = new();
        machine.OpenProtection();
        Hart hart = machine.Hart;
        machine.Code(Machine.Ram, Asm("addi"), Asm("addi"), Asm("addi"));
        hart.WriteCsr("stvec", SupervisorHandler);
        hart.WriteCsr("mideleg", 0x222);
        hart.WriteCsr("mie", 0x222);
        hart.WriteCsr("mstatus", MachineStatus.Mie | MachineStatus.Sie);
        hart.SetInterruptLine(InterruptLine.SupervisorExternal, true);
        machine.Step();
        Assert.Equal(Machine.Ram + 4, hart.ProgramCounter);
        hart.SetMode(PrivilegeMode.Supervisor);
        machine.Step();
        Assert.Equal((SupervisorHandler, TrapCause.InterruptBit | 9), (hart.ProgramCounter, hart.ReadCsr("scause")));
        Assert.Equal(Machine.Ram + 4, hart.ReadCsr("sepc"));
    }

    [Fact]
    public void Machine_interrupts_reach_lower_modes_although_MIE_is_clear()
    {
        using Machine machine = new();
        machine.OpenProtection();
        machine.Hart.WriteCsr("mie", 1 << 3);
        machine.Hart.SetMode(PrivilegeMode.User);
        machine.Hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        machine.Step();
        Assert.Equal(TrapCause.InterruptBit | 3, machine.Hart.ReadCsr("mcause"));
    }

    [Fact]
    public void Enabling_an_interrupt_takes_effect_before_the_next_instruction()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        hart.WriteCsr("mie", 1 << 3);
        hart.SetInterruptLine(InterruptLine.MachineSoftware, true);
        machine.Code(Machine.Ram, Asm("csrrsi", rs1: 8, csr: Machine.Csr("mstatus")), Asm("addi", rd: 1, imm: 1));
        machine.Code(Machine.Handler, Asm("jal", imm: 0));
        hart.Run(hart.Cycles + 100);
        Assert.Equal((0UL, Machine.Ram + 4), (hart[1], hart.ReadCsr("mepc")));
    }

    [Fact]
    public void A_hart_that_traps_at_its_own_vector_stops_with_a_reason()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("mtvec", 0x4000);
        machine.Code(Machine.Ram, Asm("ecall"));
        Assert.Equal(HartExit.Stopped, machine.Hart.Run(machine.Hart.Cycles + 10_000));
        Assert.Contains("0x4000", machine.Hart.StopReason);
        Assert.Equal(HartExit.Stopped, machine.Hart.Run(machine.Hart.Cycles + 10_000));
        machine.Hart.Reset();
        Assert.Null(machine.Hart.StopReason);
    }

    [Fact]
    public void Traps_take_time()
    {
        using Machine machine = new();
        ulong before = machine.Hart.Cycles;
        Assert.Equal(11, machine.CauseOf(Asm("ecall")));
        Assert.Equal(before + 1, machine.Hart.Cycles);
    }
}
