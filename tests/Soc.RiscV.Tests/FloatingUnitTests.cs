using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>The floating-point unit as software sees it: mstatus.FS, fcsr, NaN boxes, loads and stores.</summary>
public class FloatingUnitTests
{
    private const ulong Off = 0;
    private const ulong Initial = 1UL << 13;
    private const ulong Clean = 2UL << 13;
    private const ulong Dirty = 3UL << 13;
    private const ulong Data = Machine.Ram + 0x1000;
    private const ulong Box = 0xFFFF_FFFF_0000_0000;

    [Theory]
    [InlineData("fadd.d")]
    [InlineData("fmv.x.d")]
    [InlineData("flw")]
    [InlineData("fsd")]
    [InlineData("c.fld")]
    [InlineData("c.fsdsp")]
    [InlineData("fcvt.w.s")]
    [InlineData("fmadd.d")]
    public void An_instruction_is_illegal_while_FS_is_off(string mnemonic)
    {
        using Machine machine = Floating(Off);
        Assert.Equal(2, machine.CauseOf(Asm(mnemonic)));
        Assert.Equal(0UL, machine.Hart.ReadCsr("mstatus") & Dirty);
    }

    [Theory]
    [InlineData("fflags")]
    [InlineData("frm")]
    [InlineData("fcsr")]
    public void Its_registers_are_illegal_while_FS_is_off(string csr)
    {
        using Machine machine = Floating(Off);
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: Machine.Csr(csr))));
    }

    [Fact]
    public void Without_F_nothing_of_it_exists()
    {
        using Machine machine = new();
        machine.Hart.WriteCsr("mstatus", Dirty);
        Assert.Equal(0UL, machine.Hart.ReadCsr("mstatus") & Dirty);
        Assert.Equal(2, machine.CauseOf(Asm("fadd.s")));
        Assert.Equal(2, machine.CauseOf(Asm("csrrs", rd: 1, csr: Machine.Csr("fcsr"))));
    }

    [Fact]
    public void F_without_D_has_no_double_instructions()
    {
        using Machine machine = new(configuration => configuration with { Extensions = Extensions.F });
        machine.Hart.WriteCsr("mstatus", Dirty);
        Assert.Equal(-1, machine.CauseOf(Asm("fadd.s")));
        Assert.Equal(2, machine.CauseOf(Asm("fadd.d")));
        Assert.Equal(2, machine.CauseOf(Asm("c.fld")));
        Assert.Throws<ArgumentException>(() => new Machine(configuration => configuration with { Extensions = Extensions.D }));
    }

    [Theory]
    [InlineData("fadd.s", Initial, Dirty)]
    [InlineData("fmv.d.x", Clean, Dirty)]
    [InlineData("flw", Clean, Dirty)]
    [InlineData("fsw", Clean, Clean)]
    [InlineData("fmv.x.d", Clean, Clean)]
    [InlineData("fle.d", Initial, Initial)]
    public void FS_becomes_dirty_when_the_unit_changes_and_not_before(string mnemonic, ulong before, ulong after)
    {
        using Machine machine = Floating(before);
        machine.Hart[1] = Data;
        machine.Execute(Asm(mnemonic, rd: 2, rs1: mnemonic is "flw" or "fsw" ? 1 : 3));
        Assert.Equal(after, machine.Hart.ReadCsr("mstatus") & Dirty);
        Assert.Equal(after == Dirty, machine.Hart.ReadCsr("sstatus") >> 63 != 0);
    }

    [Fact]
    public void A_flag_that_is_raised_makes_FS_dirty_even_if_it_is_up()
    {
        using Machine machine = Floating(Clean);
        machine.Hart.WriteFloatRegister(3, 0x7FF8_0000_0000_0000);
        machine.Execute(Asm("fle.d", rd: 2, rs1: 3));
        Assert.Equal((Dirty, 16UL), (machine.Hart.ReadCsr("mstatus") & Dirty, machine.Hart.ReadCsr("fflags")));
        machine.Hart.WriteCsr("mstatus", Clean);
        machine.Execute(Asm("fle.d", rd: 2, rs1: 3));
        Assert.Equal(Dirty, machine.Hart.ReadCsr("mstatus") & Dirty);
    }

    [Fact]
    public void Writing_fcsr_makes_FS_dirty_and_its_parts_are_windows()
    {
        using Machine machine = Floating(Clean);
        machine.Hart[1] = 0xFFF;
        machine.Execute(Asm("csrrw", rs1: 1, csr: Machine.Csr("fcsr")));
        Assert.Equal(Dirty, machine.Hart.ReadCsr("mstatus") & Dirty);
        Assert.Equal((0xFFUL, 7UL, 31UL), (machine.Hart.ReadCsr("fcsr"), machine.Hart.ReadCsr("frm"), machine.Hart.ReadCsr("fflags")));
        machine.Hart.WriteCsr("frm", 2);
        machine.Hart.WriteCsr("fflags", 5);
        Assert.Equal(0x45UL, machine.Hart.ReadCsr("fcsr"));
    }

    [Theory]
    [InlineData(5, 0UL, 2)]
    [InlineData(6, 0UL, 2)]
    [InlineData(7, 5UL, 2)]
    [InlineData(7, 7UL, 2)]
    [InlineData(7, 4UL, -1)]
    [InlineData(4, 7UL, -1)]
    public void A_reserved_rounding_mode_is_illegal_when_it_is_used(int mode, ulong frm, int cause)
    {
        using Machine machine = Floating(Dirty);
        machine.Hart.WriteCsr("frm", frm);
        Assert.Equal(cause, machine.CauseOf(Asm("fadd.d", rm: mode)));
        Assert.Equal(-1, machine.CauseOf(Asm("fsgnj.d")));
    }

    [Theory]
    [InlineData(0, 0x3FF0_0000_0000_0000UL)]
    [InlineData(3, 0x3FF0_0000_0000_0001UL)]
    [InlineData(7, 0x3FF0_0000_0000_0001UL)]
    public void The_instruction_chooses_the_rounding_mode_or_leaves_it_to_frm(int mode, ulong expected)
    {
        using Machine machine = Floating(Dirty);
        machine.Hart.WriteCsr("frm", 3);
        machine.Hart.WriteFloatRegister(1, 0x3FF0_0000_0000_0000);
        machine.Hart.WriteFloatRegister(2, 1);
        machine.Execute(Asm("fadd.d", rd: 3, rs1: 1, rs2: 2, rm: mode));
        Assert.Equal((expected, 1UL), (machine.Hart.ReadFloatRegister(3), machine.Hart.ReadCsr("fflags")));
    }

    [Fact]
    public void Singles_are_boxed_and_an_unboxed_operand_is_a_NaN()
    {
        using Machine machine = Floating(Dirty);
        machine.Write(Data, 0x1234_5678_3F80_0000);
        machine.Hart[1] = Data;
        machine.Execute(Asm("flw", rd: 1, rs1: 1));
        Assert.Equal(Box | 0x3F80_0000, machine.Hart.ReadFloatRegister(1));
        machine.Execute(Asm("fadd.s", rd: 2, rs1: 1, rs2: 1));
        Assert.Equal(Box | 0x4000_0000, machine.Hart.ReadFloatRegister(2));
        machine.Hart.WriteFloatRegister(1, 0x3F80_0000);
        machine.Execute(Asm("fadd.s", rd: 2, rs1: 1, rs2: 1));
        Assert.Equal(Box | 0x7FC0_0000, machine.Hart.ReadFloatRegister(2));
        machine.Execute(Asm("fmv.x.w", rd: 5, rs1: 1));
        Assert.Equal(0x3F80_0000UL, machine.Hart[5]);
    }

    [Fact]
    public void Compressed_forms_reach_the_floating_point_registers()
    {
        using Machine machine = Floating(Dirty);
        machine.Write(Data + 8, 0x0123_4567_89AB_CDEF);
        machine.Hart[9] = Data;
        machine.Hart[2] = Data;
        machine.Execute(Asm("c.fld", rd: 3, rs1: 1, imm: 8));
        Assert.Equal(0x0123_4567_89AB_CDEFUL, machine.Hart.ReadFloatRegister(11));
        machine.Execute(Asm("c.fsdsp", rs2: 11, imm: 64));
        Assert.Equal(0x0123_4567_89AB_CDEFUL, machine.Read(Data + 64));
        machine.Execute(Asm("c.fldsp", rd: 31, imm: 64));
        machine.Execute(Asm("c.fsd", rs1: 1, rs2: 3, imm: 16));
        Assert.Equal(0x0123_4567_89AB_CDEFUL, machine.Hart.ReadFloatRegister(31));
        Assert.Equal(0x0123_4567_89AB_CDEFUL, machine.Read(Data + 16));
    }

    [Fact]
    public void A_load_that_faults_leaves_its_register()
    {
        using Machine machine = Floating(Dirty);
        machine.Hart.WriteFloatRegister(1, 77);
        Assert.Equal(5, machine.CauseOf(Asm("fld", rd: 1)));
        Assert.Equal(77UL, machine.Hart.ReadFloatRegister(1));
        Assert.Equal(7, machine.CauseOf(Asm("fsd", rs2: 1)));
    }

    [Fact]
    public void Instructions_run_on_in_the_loop()
    {
        using Machine machine = Floating(Dirty);
        machine.Hart[1] = 3;
        machine.Hart[2] = Data;
        machine.Code(
            Machine.Ram,
            Asm("fcvt.d.w", rd: 1, rs1: 1),
            Asm("fmul.d", rd: 2, rs1: 1, rs2: 1),
            Asm("fmadd.d", rd: 3, rs1: 2, rs2: 1, rs3: 1),
            Asm("fsd", rs1: 2, rs2: 3),
            Asm("fcvt.w.d", rd: 3, rs1: 3, rm: 1),
            Asm("fsqrt.d", rd: 4, rs1: 2));
        machine.Hart.Run(machine.Hart.Cycles + 6);
        Assert.Equal((30UL, BitConverter.DoubleToUInt64Bits(30.0)), (machine.Hart[3], machine.Read(Data)));
        Assert.Equal((BitConverter.DoubleToUInt64Bits(3.0), 0UL), (machine.Hart.ReadFloatRegister(4), machine.Hart.ReadCsr("fflags")));
        Assert.Equal(6UL, machine.Hart.InstructionsRetired);
    }

    private static Machine Floating(ulong status)
    {
        Machine machine = new(configuration => configuration with { Extensions = Extensions.F | Extensions.D });
        machine.Hart.WriteCsr("mstatus", status);
        return machine;
    }
}
