using Soc.Memory;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class CodeTests
{
    [Fact]
    public void FENCE_I_makes_rewritten_code_visible_exactly() => AssertVisibleAfter("fence.i");

    [Fact]
    public void SFENCE_VMA_of_everything_makes_rewritten_code_visible_too() => AssertVisibleAfter("sfence.vma");

    [Fact]
    public void FENCE_I_also_drops_an_instruction_whose_second_half_changed()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("addi", rd: 1, imm: 1), Asm("fence.i"), Asm("jal", imm: -8));
        machine.Step(3);
        machine.Code(Machine.Ram, Asm("addi", rd: 1, imm: 0x101));
        machine.Step();
        machine.Step(3);
        Assert.Equal(0x101UL, machine.Hart[1]);
    }

    [Fact]
    public void An_instruction_across_two_pages_executes_whole()
    {
        using Machine machine = new();
        ulong at = Machine.Ram + 0xFFE;
        machine.Code(at, Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("addi", rd: 2, rs1: 2, imm: 1), Asm("jal", imm: -8));
        machine.Hart.ProgramCounter = at;
        machine.Hart.Run(machine.Hart.Cycles + 300);
        Assert.InRange(machine.Hart[1], 50UL, 100UL);
        Assert.InRange(machine.Hart[1] - machine.Hart[2], 0UL, 1UL);
    }

    [Fact]
    public void An_instruction_across_the_end_of_memory_faults_at_its_second_half()
    {
        using Machine machine = new();
        ulong end = Machine.Ram + (16UL << 20);
        machine.Memory.Write((16UL << 20) - 2, [0x13, 0x00]);
        machine.Hart.ProgramCounter = end - 2;
        machine.Step();
        Assert.Equal((1UL, end, end - 2), (machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mepc")));
    }

    [Fact]
    public void Compressed_and_long_instructions_mix()
    {
        using Machine machine = new();
        machine.Code(
            Machine.Ram,
            Asm("c.li", rd: 1, imm: 5),
            Asm("addi", rd: 2, rs1: 1, imm: 1),
            Asm("c.mv", rd: 3, rs2: 2),
            Asm("c.j", imm: 4),
            Asm("c.li", rd: 3, imm: 0),
            Asm("c.addi", rd: 3, imm: -2));
        machine.Step(5);
        Assert.Equal((5UL, 6UL, 4UL, Machine.Ram + 14), (machine.Hart[1], machine.Hart[2], machine.Hart[3], machine.Hart.ProgramCounter));
    }

    [Fact]
    public void Code_in_a_device_executes_uncached()
    {
        // jal x1, 0: the link register tells that it ran, and it stays where it is.
        RecordingDevice device = new(Asm("jal", rd: 1, imm: 0));
        using Machine machine = new(build: m =>
        {
            m.Root.Add(Machine.Ram, new RamRegion("ram", m.Memory));
            m.Root.Add(0x1000, new MmioRegion("rom", 0x1000, new CodeDevice(device)));
        });
        machine.Hart.ProgramCounter = 0x1000;
        machine.Step(3);
        Assert.Equal((0x1004UL, 0x1000UL), (machine.Hart[1], machine.Hart.ProgramCounter));
        Assert.Equal(6, device.Log.Count(access => access.Kind == AccessKind.Fetch));
    }

    [Fact]
    public void Reading_zeros_is_an_illegal_instruction_with_tval_zero()
    {
        using Machine machine = new(build: m =>
        {
            m.Root.Add(Machine.Ram, new RamRegion("ram", m.Memory));
            m.Root.Add(0x1000, new MmioRegion("sink", 0x1000, new RecordingDevice(0)));
        });
        machine.Hart.ProgramCounter = 0x1000;
        machine.Step();
        Assert.Equal((2UL, 0UL, 0x1000UL), (machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mtval"), machine.Hart.ReadCsr("mepc")));
    }

    [Fact]
    public void A_fetch_that_the_bus_refuses_is_an_instruction_access_fault()
    {
        using Machine machine = new();
        machine.Hart.ProgramCounter = 0x1000;
        machine.Step();
        Assert.Equal((1UL, 0x1000UL), (machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mtval")));
    }

    [Theory]
    [InlineData(61)]
    [InlineData(63)]
    [InlineData(12)]
    public void A_jump_to_the_same_place_of_another_page_leaves_the_page(int bit)
    {
        using Machine machine = new();
        ulong target = Machine.Ram ^ (1UL << bit);
        machine.Code(Machine.Ram, Asm("jalr", rd: 2, rs1: 1));
        machine.Code(Machine.Ram + 4096, Asm("addi", rd: 3, imm: 1));
        machine.Hart[1] = target;
        machine.Step(2);
        Assert.Equal(bit == 12 ? (0UL, 0UL, 1UL) : (1UL, target, 0UL), (machine.Hart.ReadCsr("mcause"), machine.Hart.ReadCsr("mepc"), machine.Hart[3]));
    }

    [Fact]
    public void Decoded_pages_are_bounded()
    {
        using Machine machine = new(configuration => configuration with { DecodedPages = 4 });
        for (ulong page = 0; page < 32; page++)
        {
            machine.Code(Machine.Ram + (page << 12), Asm("addi", rd: 1, rs1: 1, imm: 1), Asm("jal", imm: page == 31 ? -0x1F004 : 0xFFC));
        }

        machine.Hart.Run(machine.Hart.Cycles + 10_000);
        Assert.Equal(4, machine.Hart.DecodedPages);
        Assert.InRange(machine.Hart[1], 100UL, 5000UL);
    }

    [Theory]
    [InlineData("addi", 0x80000000UL, "addi a0, sp, -4")]
    [InlineData("lui", 0x80000000UL, "lui a0, 0xfffff")]
    [InlineData("lw", 0x80000000UL, "lw a0, -4(sp)")]
    [InlineData("sd", 0x80000000UL, "sd a1, -4(sp)")]
    [InlineData("beq", 0x80000000UL, "beq sp, a1, 0x7ffffffc")]
    [InlineData("jal", 0x80000000UL, "jal a0, 0x7ffffffc")]
    [InlineData("jalr", 0x80000000UL, "jalr a0, -4(sp)")]
    [InlineData("amoadd.w", 0x80000000UL, "amoadd.w a0, a1, (sp)")]
    [InlineData("sc.d", 0x80000000UL, "sc.d a0, a1, (sp)")]
    [InlineData("lr.d", 0x80000000UL, "lr.d a0, (sp)")]
    [InlineData("csrrw", 0x80000000UL, "csrrw a0, mstatus, sp")]
    [InlineData("csrrsi", 0x80000000UL, "csrrsi a0, mstatus, 2")]
    [InlineData("sfence.vma", 0x80000000UL, "sfence.vma sp, a1")]
    [InlineData("ecall", 0x80000000UL, "ecall")]
    [InlineData("mul", 0x80000000UL, "mul a0, sp, a1")]
    public void Instructions_read_as_assembler(string mnemonic, ulong address, string expected) =>
        Assert.Equal(expected, Disassembler.Disassemble(Asm(mnemonic, rd: 10, rs1: 2, rs2: 11, imm: mnemonic == "lui" ? -4096 : -4, csr: 0x300), address));

    [Fact]
    public void Compressed_words_and_garbage_read_as_something()
    {
        Assert.Equal("addi sp, sp, -16", Disassembler.Disassemble(Asm("c.addi16sp", imm: -16), 0));
        Assert.Equal(".half 0x0000", Disassembler.Disassemble(0, 0));
        Assert.Equal(".word 0xffffffff", Disassembler.Disassemble(uint.MaxValue, 0));
    }

    /// <summary>Serves the halves of one 32-bit instruction at any address.</summary>
    private sealed class CodeDevice(RecordingDevice inner) : IBusDevice
    {
        public AccessResult Read(in BusAccess access, out ulong value)
        {
            AccessResult result = inner.Read(access, out ulong word);
            value = (word >> (int)(8 * (access.Offset & 3))) & 0xFFFF;
            return result;
        }

        public AccessResult Write(in BusAccess access, ulong value) => AccessResult.Error;
    }

    private static void AssertVisibleAfter(string fence)
    {
        using Machine machine = new();
        Hart hart = machine.Hart;
        machine.Code(Machine.Ram, Asm("addi", rd: 1, imm: 1), Asm("addi", rd: 2, imm: 1), Asm(fence), Asm("jal", imm: -12));
        machine.Step(4);
        machine.Code(Machine.Ram, Asm("addi", rd: 1, imm: 2));
        machine.Step(2);
        Assert.Equal(1UL, hart[1]);
        machine.Step(3);
        Assert.Equal(2UL, hart[1]);
    }
}
