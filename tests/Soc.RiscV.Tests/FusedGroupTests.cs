using System.Reflection;
using Soc.RiscV.Csr;
using Soc.RiscV.Decoding;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>
/// Instructions that are executed with one dispatch change nothing but speed. Step never executes such a group, so it is the reference.
/// </summary>
public class FusedGroupTests
{
    private const ulong Data = Machine.Ram + 0x10_0000;

    [Fact]
    public void The_interpreter_loop_stays_below_the_size_that_the_JIT_compiler_optimises()
    {
        // From 20,000 IL instructions (at least 40,000 bytes here) RyuJIT falls back to minimal optimisation: three times slower.
        MethodInfo loop = typeof(Hart).GetMethod("Interpret", BindingFlags.NonPublic | BindingFlags.Instance)!;
        Assert.InRange(loop.GetMethodBody()!.GetILAsByteArray()!.Length, 1000, 40_000);
    }

    [Fact]
    public void The_common_groups_are_fused_in_their_lengths()
    {
        Assert.Equal(Opcode.AddiThenAddi, FusedGroup.Of(Opcode.Addi, Opcode.Addi));
        Assert.Equal(Opcode.AddiShortThenBne, FusedGroup.Of(Opcode.AddiShort, Opcode.Bne));
        Assert.Equal(Opcode.SlliThenAddShort, FusedGroup.Of(Opcode.Slli, Opcode.AddShort));
        Assert.Equal(Opcode.LbuThenAddiShortThenSb, FusedGroup.Of(FusedGroup.Of(Opcode.Lbu, Opcode.AddiShort), Opcode.Sb));
        Assert.Equal(Opcode.Addi, FusedGroup.Of(Opcode.Addi, Opcode.PageEnd));
        Assert.Equal(Opcode.Addi, FusedGroup.Of(Opcode.Addi, Opcode.Undecoded));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Slices_of_any_length_agree_with_single_steps(int seed)
    {
        Random random = new(seed);
        uint[] program = RandomProgram(random);
        using Machine stepped = new();
        using Machine sliced = new();
        foreach (Machine machine in (Machine[])[stepped, sliced])
        {
            machine.Code(Machine.Ram, program);
            machine.Code(Machine.Handler, Asm("csrrs", rd: 31, csr: Machine.Csr("mepc")), Asm("addi", rd: 31, rs1: 31, imm: 4), Asm("csrrw", rs1: 31, csr: Machine.Csr("mepc")), Asm("mret"));
            for (int register = 1; register < 30; register++)
            {
                machine.Hart[register] = (register & 3) == 0 ? (ulong)register * 0x9E37_79B9_7F4A_7C15 : Data + ((ulong)register * 64);
            }
        }

        for (int slice = 0; slice < 400; slice++)
        {
            ulong length = (ulong)random.Next(1, 12);
            ulong until = sliced.Hart.Cycles + length;
            sliced.Hart.Run(until);
            while (stepped.Hart.Cycles < until)
            {
                stepped.Hart.Step();
            }

            Assert.Equal(State(stepped.Hart), State(sliced.Hart));
        }
    }

    [Fact]
    public void A_budget_that_ends_inside_a_pair_executes_its_first_half()
    {
        using Machine machine = Counting();
        Hart hart = machine.Hart;
        hart.Run(hart.Cycles + 30);
        Assert.Equal((10UL, 10UL, Machine.Ram), (hart[1], hart[2], hart.ProgramCounter));
        hart.Run(hart.Cycles + 1);
        Assert.Equal((11UL, 10UL, Machine.Ram + 4), (hart[1], hart[2], hart.ProgramCounter));
        hart.Run(hart.Cycles + 1);
        Assert.Equal((11UL, 11UL, Machine.Ram + 8), (hart[1], hart[2], hart.ProgramCounter));
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(3001)]
    [InlineData(3002)]
    public void The_timer_interrupts_between_the_halves_of_a_pair(int deadline)
    {
        using Machine machine = Counting();
        Hart hart = machine.Hart;
        machine.Code(Machine.Handler, Asm("jal", imm: 0));
        hart.WriteCsr("mie", 1 << 7);
        hart.WriteCsr("mstatus", MachineStatus.Mie);
        hart.TimerDeadlineCycle = hart.Cycles + (ulong)deadline;
        ulong retired = hart.InstructionsRetired;
        hart.Run(hart.TimerDeadlineCycle + 1);
        Assert.Equal(TrapCause.InterruptBit | 7, hart.ReadCsr("mcause"));

        // What fetching the first page cost delays the first instruction.
        ulong executed = hart.InstructionsRetired - retired;
        Assert.Equal(((executed + 2) / 3, (executed + 1) / 3, Machine.Ram + (4 * (executed % 3))), (hart[1], hart[2], hart.ReadCsr("mepc")));
    }

    [Fact]
    public void A_jump_to_the_second_half_executes_only_that()
    {
        using Machine machine = Counting();
        Hart hart = machine.Hart;
        hart.Run(hart.Cycles + 30);
        machine.Code(Machine.Ram + 0x100, Asm("jal", imm: -0xFC));
        hart.ProgramCounter = Machine.Ram + 0x100;
        hart.Run(hart.Cycles + 2);
        Assert.Equal((10UL, 11UL, Machine.Ram + 8), (hart[1], hart[2], hart.ProgramCounter));
    }

    [Fact]
    public void A_branch_that_is_the_first_half_skips_the_second()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Code(
            Machine.Ram,
            Asm("beq", rs1: 3, rs2: 0, imm: 8),
            Asm("addi", rd: 1, rs1: 1, imm: 1),
            Asm("xori", rd: 3, rs1: 3, imm: 1),
            Asm("addi", rd: 2, rs1: 2, imm: 1),
            Asm("jal", imm: -16));
        hart.Run(hart.Cycles + (9 * 10));
        Assert.Equal((10UL, 20UL), (hart[1], hart[2]));
    }

    [Theory]
    [InlineData("lw", 0, 5, 0)]
    [InlineData("sw", 0, 7, 0)]
    [InlineData("lw", 1, 5, 1)]
    [InlineData("sw", 1, 7, 1)]
    public void A_trap_in_either_half_reports_its_own_instruction(string mnemonic, int half, int cause, int retired)
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        uint access = Asm(mnemonic, rd: 5, rs1: 6, rs2: 5, imm: 4);
        uint add = Asm("addi", rd: 1, rs1: 1, imm: 1);
        machine.Code(Machine.Ram, half == 0 ? [access, add] : [add, access]);
        machine.Code(Machine.Ram + 8, Asm("jal", imm: -8));
        hart[6] = Data;
        hart.Run(hart.Cycles + 30);
        hart.ProgramCounter = Machine.Ram;
        ulong count = hart[1];
        ulong before = hart.ReadCsr("minstret");
        hart[6] = 0x10;
        hart.Run(hart.Cycles + 1 + (ulong)half);
        Assert.Equal(((ulong)cause, 0x14UL, Machine.Ram + (4 * (ulong)half)), (hart.ReadCsr("mcause"), hart.ReadCsr("mtval"), hart.ReadCsr("mepc")));
        Assert.Equal((before + (ulong)retired, count + (ulong)retired), (hart.ReadCsr("minstret"), hart[1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void FENCE_I_drops_a_pair_of_which_only_the_second_instruction_changed(ulong changed)
    {
        // The second instruction differs in its first or in its second parcel.
        uint second = changed == 0 ? Asm("addi", rd: 3, rs1: 2, imm: 1) : Asm("addi", rd: 2, rs1: 2, imm: 0x101);
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Code(Machine.Ram, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("addi", rd: 2, rs1: 2, imm: 1), Asm("fence.i"), Asm("jal", imm: -12));
        hart.Run(hart.Cycles + 8);
        Assert.Equal((2UL, 2UL), (hart[1], hart[2]));
        machine.Code(Machine.Ram + 4, second);
        hart.Run(hart.Cycles + 2);
        Assert.Equal((3UL, 3UL), (hart[1], hart[2]));
        hart.Run(hart.Cycles + 4);
        Assert.Equal((4UL, changed == 0 ? 3UL : 0x104UL, changed == 0 ? 4UL : 0UL), (hart[1], hart[2], hart[3]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void FENCE_I_drops_a_group_of_three_of_which_only_the_last_instruction_changed(int parcel)
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Write(Data, 0x2211);
        machine.Code(Machine.Ram, Asm("beq", rs1: 8, imm: 16), Asm("lbu", rd: 5, rs1: 7), Asm("lbu", rd: 6, rs1: 7), Asm("jal", imm: -12));
        hart[7] = Data;
        hart[8] = 1;
        machine.Step(8);
        machine.Code(Machine.Ram + 8, parcel == 0 ? Asm("lbu", rd: 9, rs1: 7) : Asm("lbu", rd: 6, rs1: 7, imm: 1));
        hart.Run(hart.Cycles + 4);
        Assert.Equal((0x11UL, 0UL, Machine.Ram), (hart[6], hart[9], hart.ProgramCounter));
        machine.Fence();
        hart.Run(hart.Cycles + 4);
        Assert.Equal((parcel == 0 ? 0x11UL : 0x22UL, parcel == 0 ? 0x11UL : 0UL, Machine.Ram), (hart[6], hart[9], hart.ProgramCounter));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_budget_that_ends_inside_a_group_of_three_executes_its_beginning(int length)
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Write(Data, 0x2211);
        machine.Code(Machine.Ram, Asm("lbu", rd: 5, rs1: 7), Asm("c.addi", rd: 1, imm: 1), Asm("c.addi", rd: 2, imm: 1), Asm("jal", imm: -8));
        hart[7] = Data;
        machine.Step(8);
        hart[5] = 0;
        hart.Run(hart.Cycles + (ulong)length);
        Assert.Equal((0x11UL, length == 1 ? 2UL : 3UL, 2UL), (hart[5], hart[1], hart[2]));
        Assert.Equal(Machine.Ram + 2 + (2 * (ulong)length), hart.ProgramCounter);
    }

    [Fact]
    public void A_pair_does_not_reach_over_the_end_of_its_page()
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        ulong last = Machine.Ram + 0xFFC;
        machine.Code(last, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("addi", rd: 2, rs1: 2, imm: 1), Asm("jal", imm: -8));
        hart.ProgramCounter = last;
        for (int i = 0; i < 90; i++)
        {
            hart.Run(hart.Cycles + 1 + (ulong)(i % 3));
        }

        Assert.InRange(hart[1], 30UL, 60UL);
        Assert.InRange(hart[1] - hart[2], 0UL, 1UL);
    }

    private static Machine Counting()
    {
        Machine machine = new();
        machine.Code(Machine.Ram, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("addi", rd: 2, rs1: 2, imm: 1), Asm("jal", imm: -8));
        machine.Hart.Step();
        machine.Hart.ProgramCounter = Machine.Ram;
        machine.Hart[1] = 0;
        return machine;
    }

    private static string State(Hart hart) => string.Join(
        ' ', Enumerable.Range(0, 32).Select(register => hart[register]).Append(hart.ProgramCounter).Append(hart.Cycles).Append(hart.InstructionsRetired));

    /// <summary>Loops of instructions that pairs are made of; some loads and stores go nowhere, and trap.</summary>
    private static uint[] RandomProgram(Random random)
    {
        string[] mnemonics =
        [
            "addi", "addi", "add", "addiw", "slli", "srli", "andi", "xor", "mul", "lbu", "lw", "ld", "sb", "sw", "sd", "beq", "bne", "bltu", "lui", "auipc",
            "c.addi", "c.addi", "c.mv", "c.add", "c.slli", "c.srli", "c.andi", "c.xor", "c.lw", "c.ld", "c.sw", "c.sd", "c.beqz", "c.bnez", "c.li",
        ];
        List<uint> words = [];
        for (int i = 0; i < 300; i++)
        {
            string mnemonic = mnemonics[random.Next(mnemonics.Length)];
            bool branch = mnemonic is "beq" or "bne" or "bltu" or "c.beqz" or "c.bnez";
            bool access = mnemonic is "lbu" or "lw" or "ld" or "sb" or "sw" or "sd" or "c.lw" or "c.ld" or "c.sw" or "c.sd";
            int Register() => random.Next(2) == 0 ? 8 : random.Next(4) switch { 0 => 10, 1 => 11, 2 => 12, _ => 14 };
            long immediate = branch ? (mnemonic.StartsWith('c') ? 6 : 8) : access ? 8 * random.Next(0, 8) : random.Next(1, 31);
            words.Add(Asm(mnemonic, rd: Register(), rs1: access ? 9 + (4 * random.Next(0, 2)) : random.Next(8, 16), rs2: random.Next(8, 16), imm: immediate));
            if (branch)
            {
                // The branch skips two short instructions or goes on.
                words.Add(Asm("c.addi", rd: Register(), imm: 1));
                words.Add(Asm("c.add", rd: Register(), rs2: random.Next(8, 16)));
            }
        }

        int bytes = words.Sum(word => (word & 3) == 3 ? 4 : 2);
        words.Add(Asm("jal", imm: -bytes));
        return [.. words];
    }
}
