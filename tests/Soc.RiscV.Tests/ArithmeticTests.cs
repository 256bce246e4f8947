using System.Numerics;
using CsCheck;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class ArithmeticTests
{
    private static readonly ulong[] s_corners =
    [
        0, 1, 2, 31, 32, 63, 64, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF,
        0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 1, 0xFFFF_FFFF_8000_0000,
    ];

    private static readonly Gen<ulong> s_operand = Gen.OneOf(Gen.Int[0, s_corners.Length - 1].Select(index => s_corners[index]), Gen.ULong);

    // Formulas over mathematical integers: u and s are the operands as unsigned and signed numbers of 64 or 32 bits.
    private static readonly Dictionary<string, Func<ulong, ulong, BigInteger>> s_formulas = new()
    {
        ["add"] = (a, b) => (BigInteger)a + b,
        ["sub"] = (a, b) => (BigInteger)a - b,
        ["sll"] = (a, b) => (BigInteger)a * BigInteger.Pow(2, (int)(b % 64)),
        ["slt"] = (a, b) => Signed(a) < Signed(b) ? 1 : 0,
        ["sltu"] = (a, b) => a < b ? 1 : 0,
        ["xor"] = (a, b) => (BigInteger)a + b - (2 * ((BigInteger)a & b)),
        ["srl"] = (a, b) => (BigInteger)a / BigInteger.Pow(2, (int)(b % 64)),
        ["sra"] = (a, b) => Floor(Signed(a), BigInteger.Pow(2, (int)(b % 64))),
        ["or"] = (a, b) => (BigInteger)a + b - ((BigInteger)a & b),
        ["and"] = (a, b) => (BigInteger)a & b,
        ["addw"] = (a, b) => Signed32((BigInteger)a + b),
        ["subw"] = (a, b) => Signed32((BigInteger)a - b),
        ["sllw"] = (a, b) => Signed32((BigInteger)a * BigInteger.Pow(2, (int)(b % 32))),
        ["srlw"] = (a, b) => Signed32((BigInteger)(a % (1UL << 32)) / BigInteger.Pow(2, (int)(b % 32))),
        ["sraw"] = (a, b) => Floor(Signed32(a), BigInteger.Pow(2, (int)(b % 32))),
        ["mul"] = (a, b) => (BigInteger)a * b,
        ["mulh"] = (a, b) => Floor(Signed(a) * Signed(b), BigInteger.One << 64),
        ["mulhsu"] = (a, b) => Floor(Signed(a) * b, BigInteger.One << 64),
        ["mulhu"] = (a, b) => ((BigInteger)a * b) >> 64,
        ["mulw"] = (a, b) => Signed32((BigInteger)a * b),
        ["div"] = (a, b) => b == 0 ? -1 : BigInteger.Divide(Signed(a), Signed(b)),
        ["divu"] = (a, b) => b == 0 ? -1 : BigInteger.Divide(a, b),
        ["rem"] = (a, b) => b == 0 ? Signed(a) : BigInteger.Remainder(Signed(a), Signed(b)),
        ["remu"] = (a, b) => b == 0 ? a : BigInteger.Remainder(a, b),
        ["divw"] = (a, b) => Signed32(b) == 0 ? -1 : Signed32(BigInteger.Divide(Signed32(a), Signed32(b))),
        ["divuw"] = (a, b) => (uint)b == 0 ? -1 : Signed32(BigInteger.Divide((uint)a, (uint)b)),
        ["remw"] = (a, b) => Signed32(b) == 0 ? Signed32(a) : Signed32(BigInteger.Remainder(Signed32(a), Signed32(b))),
        ["remuw"] = (a, b) => (uint)b == 0 ? Signed32(a) : Signed32(BigInteger.Remainder((uint)a, (uint)b)),
    };

    public static TheoryData<string> RegisterForms => [.. s_formulas.Keys];

    [Theory]
    [MemberData(nameof(RegisterForms))]
    public void Register_forms_follow_the_formula(string mnemonic)
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm(mnemonic, rd: 3, rs1: 1, rs2: 2));
        void Check(ulong a, ulong b)
        {
            machine.Hart.ProgramCounter = Machine.Ram;
            machine.Hart[1] = a;
            machine.Hart[2] = b;
            machine.Step();
            ulong expected = (ulong)(s_formulas[mnemonic](a, b) & ulong.MaxValue);
            Assert.True(expected == machine.Hart[3], $"{mnemonic} 0x{a:x}, 0x{b:x}: expected 0x{expected:x}, got 0x{machine.Hart[3]:x}");
        }

        foreach (ulong a in s_corners)
        {
            foreach (ulong b in s_corners)
            {
                Check(a, b);
            }
        }

        Gen.Select(s_operand, s_operand).Sample((a, b) => Check(a, b), iter: 200, threads: 1);
    }

    [Theory]
    [InlineData("addi", "add")]
    [InlineData("slti", "slt")]
    [InlineData("sltiu", "sltu")]
    [InlineData("xori", "xor")]
    [InlineData("ori", "or")]
    [InlineData("andi", "and")]
    [InlineData("addiw", "addw")]
    [InlineData("slli", "sll")]
    [InlineData("srli", "srl")]
    [InlineData("srai", "sra")]
    [InlineData("slliw", "sllw")]
    [InlineData("srliw", "srlw")]
    [InlineData("sraiw", "sraw")]
    public void Immediate_forms_are_register_forms_with_a_sign_extended_constant(string mnemonic, string register)
    {
        using Machine machine = new();
        bool shift = Row(mnemonic).Encoding.Contains("shamt");
        int bits = mnemonic.EndsWith('w') ? 31 : 63;
        Gen.Select(s_operand, Gen.Long[-2048, 2047]).Sample(
            (a, raw) =>
            {
                long imm = shift ? raw & bits : raw;
                machine.Hart.ProgramCounter = Machine.Ram;
                machine.Hart[1] = a;
                machine.Execute(Asm(mnemonic, rd: 3, rs1: 1, imm: imm));
                Assert.Equal((ulong)(s_formulas[register](a, (ulong)imm) & ulong.MaxValue), machine.Hart[3]);
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void Writes_to_x0_are_dropped()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("addi", rd: 0, imm: 5), Asm("addi", rd: 1, rs1: 0, imm: 7));
        machine.Step(2);
        Assert.Equal(0UL, machine.Hart[0]);
        Assert.Equal(7UL, machine.Hart[1]);
    }

    [Fact]
    public void Upper_immediates_are_sign_extended()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("lui", rd: 1, imm: 0x80000000L), Asm("auipc", rd: 2, imm: 0xFFFFF000L));
        machine.Step(2);
        Assert.Equal(0xFFFF_FFFF_8000_0000UL, machine.Hart[1]);
        Assert.Equal(Machine.Ram + 4 - 0x1000, machine.Hart[2]);
    }

    [Theory]
    [InlineData("beq", false, true, false)]
    [InlineData("bne", true, false, true)]
    [InlineData("blt", true, false, false)]
    [InlineData("bge", false, true, true)]
    [InlineData("bltu", false, false, true)]
    [InlineData("bgeu", true, true, false)]
    public void Branches_compare(string mnemonic, bool minusOneAndOne, bool equal, bool oneAndMinusOne)
    {
        using Machine machine = new();
        bool Taken(ulong a, ulong b)
        {
            machine.Hart.ProgramCounter = Machine.Ram + 0x100;
            machine.Hart[1] = a;
            machine.Hart[2] = b;
            machine.Execute(Asm(mnemonic, rs1: 1, rs2: 2, imm: -64));
            return machine.Hart.ProgramCounter == Machine.Ram + 0x100 - 64;
        }

        Assert.Equal(minusOneAndOne, Taken(ulong.MaxValue, 1));
        Assert.Equal(equal, Taken(9, 9));
        Assert.Equal(oneAndMinusOne, Taken(1, ulong.MaxValue));
    }

    [Fact]
    public void Jumps_link_and_clear_the_lowest_bit()
    {
        using Machine machine = new();
        machine.Code(Machine.Ram, Asm("jal", rd: 1, imm: 0x2000));
        machine.Code(Machine.Ram + 0x2000, Asm("jalr", rd: 1, rs1: 1, imm: 3));
        machine.Step();
        Assert.Equal((Machine.Ram + 0x2000, Machine.Ram + 4), (machine.Hart.ProgramCounter, machine.Hart[1]));
        machine.Step();
        Assert.Equal((Machine.Ram + 6, Machine.Ram + 0x2004), (machine.Hart.ProgramCounter, machine.Hart[1]));
    }

    private static BigInteger Signed(ulong value) => (long)value;

    private static BigInteger Signed32(BigInteger value)
    {
        BigInteger low = value & uint.MaxValue;
        return low >= (1L << 31) ? low - (1L << 32) : low;
    }

    private static BigInteger Floor(BigInteger a, BigInteger b)
    {
        BigInteger quotient = BigInteger.DivRem(a, b, out BigInteger remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
