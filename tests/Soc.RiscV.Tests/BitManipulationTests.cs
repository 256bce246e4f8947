using CsCheck;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

/// <summary>Zba, Zbb, Zbc, Zbs and Zicond against definitions bit by bit.</summary>
public class BitManipulationTests
{
    private const Extensions All = Extensions.Zba | Extensions.Zbb | Extensions.Zbc | Extensions.Zbs | Extensions.Zicond | Extensions.Zbkb | Extensions.Zbkx;

    private static readonly Gen<ulong> s_values = Gen.OneOf(
        Gen.ULong, Gen.Int[0, 63].Select(bit => 1UL << bit), Gen.Select(Gen.ULong, Gen.Int[0, 63], (value, shift) => value >> shift), Gen.Const(0UL), Gen.Const(ulong.MaxValue));

    private static readonly Dictionary<string, Func<ulong, ulong, ulong>> s_definitions = new()
    {
        ["add.uw"] = (a, b) => Low(a) + b,
        ["sh1add"] = (a, b) => (a * 2) + b,
        ["sh2add"] = (a, b) => (a * 4) + b,
        ["sh3add"] = (a, b) => (a * 8) + b,
        ["sh1add.uw"] = (a, b) => (Low(a) * 2) + b,
        ["sh2add.uw"] = (a, b) => (Low(a) * 4) + b,
        ["sh3add.uw"] = (a, b) => (Low(a) * 8) + b,
        ["andn"] = (a, b) => Each(i => Bit(a, i) && !Bit(b, i)),
        ["orn"] = (a, b) => Each(i => Bit(a, i) || !Bit(b, i)),
        ["xnor"] = (a, b) => Each(i => Bit(a, i) == Bit(b, i)),
        ["min"] = (a, b) => (ulong)Math.Min((long)a, (long)b),
        ["max"] = (a, b) => (ulong)Math.Max((long)a, (long)b),
        ["minu"] = Math.Min,
        ["maxu"] = Math.Max,
        ["rol"] = (a, b) => Each(i => Bit(a, (i - (int)(b % 64) + 64) % 64)),
        ["ror"] = (a, b) => Each(i => Bit(a, (i + (int)(b % 64)) % 64)),
        ["rolw"] = (a, b) => Signed(Each(i => Bit(a, (i - (int)(b % 32) + 64) % 32))),
        ["rorw"] = (a, b) => Signed(Each(i => Bit(a, (i + (int)(b % 32)) % 32))),
        ["clz"] = (a, _) => (ulong)Enumerable.Range(0, 64).TakeWhile(i => !Bit(a, 63 - i)).Count(),
        ["ctz"] = (a, _) => (ulong)Enumerable.Range(0, 64).TakeWhile(i => !Bit(a, i)).Count(),
        ["cpop"] = (a, _) => (ulong)Enumerable.Range(0, 64).Count(i => Bit(a, i)),
        ["clzw"] = (a, _) => (ulong)Enumerable.Range(0, 32).TakeWhile(i => !Bit(a, 31 - i)).Count(),
        ["ctzw"] = (a, _) => (ulong)Enumerable.Range(0, 32).TakeWhile(i => !Bit(a, i)).Count(),
        ["cpopw"] = (a, _) => (ulong)Enumerable.Range(0, 32).Count(i => Bit(a, i)),
        ["sext.b"] = (a, _) => Each(i => Bit(a, Math.Min(i, 7))),
        ["sext.h"] = (a, _) => Each(i => Bit(a, Math.Min(i, 15))),
        ["zext.h"] = (a, _) => Each(i => i < 16 && Bit(a, i)),
        ["orc.b"] = (a, _) => Each(i => (a >> (i & ~7) & 0xFF) != 0),
        ["rev8"] = (a, _) => Each(i => Bit(a, (56 - (i & ~7)) + (i & 7))),
        ["clmul"] = (a, b) => Each(i => Enumerable.Range(0, i + 1).Count(j => Bit(a, j) && Bit(b, i - j)) % 2 == 1),
        ["clmulh"] = (a, b) => Each(i => Carryless(a, b, i + 64)),
        ["clmulr"] = (a, b) => Each(i => Carryless(a, b, i + 63)),
        ["bclr"] = (a, b) => Each(i => i != (int)(b % 64) && Bit(a, i)),
        ["bext"] = (a, b) => Bit(a, (int)(b % 64)) ? 1UL : 0UL,
        ["binv"] = (a, b) => Each(i => Bit(a, i) != (i == (int)(b % 64))),
        ["bset"] = (a, b) => Each(i => Bit(a, i) || i == (int)(b % 64)),
        ["pack"] = (a, b) => Each(i => Bit(i < 32 ? a : b, i % 32)),
        ["packh"] = (a, b) => Each(i => i < 16 && Bit(i < 8 ? a : b, i % 8)),
        ["packw"] = (a, b) => Signed(Each(i => Bit(i % 32 < 16 ? a : b, i % 16))),
        ["brev8"] = (a, _) => Each(i => Bit(a, (i & ~7) + 7 - (i & 7))),
        ["xperm4"] = (a, b) => Each(i => Bit(a, ((int)(b >> (i & ~3) & 15) * 4) + (i & 3))),
        ["xperm8"] = (a, b) => Each(i => (b >> (i & ~7) & 0xFF) < 8 && Bit(a, ((int)(b >> (i & ~7) & 7) * 8) + (i & 7))),
        ["czero.eqz"] = (a, b) => b == 0 ? 0 : a,
        ["czero.nez"] = (a, b) => b != 0 ? 0 : a,
    };

    private static readonly Dictionary<string, Func<ulong, int, ulong>> s_immediates = new()
    {
        ["slli.uw"] = (a, shift) => Low(a) << shift,
        ["rori"] = (a, shift) => s_definitions["ror"](a, (ulong)shift),
        ["roriw"] = (a, shift) => s_definitions["rorw"](a, (ulong)(shift % 32)),
        ["bclri"] = (a, shift) => s_definitions["bclr"](a, (ulong)shift),
        ["bexti"] = (a, shift) => s_definitions["bext"](a, (ulong)shift),
        ["binvi"] = (a, shift) => s_definitions["binv"](a, (ulong)shift),
        ["bseti"] = (a, shift) => s_definitions["bset"](a, (ulong)shift),
    };

    public static TheoryData<string> Mnemonics => [.. s_definitions.Keys];

    public static TheoryData<string> ImmediateMnemonics => [.. s_immediates.Keys];

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void Instructions_do_what_their_definition_says(string mnemonic)
    {
        using Machine machine = new(configuration => configuration with { Extensions = All });
        machine.Code(Machine.Ram, Asm(mnemonic, rd: 3, rs1: 1, rs2: 2));
        Gen.Select(s_values, s_values).Sample(
            (a, b) =>
            {
                machine.Hart.ProgramCounter = Machine.Ram;
                (machine.Hart[1], machine.Hart[2]) = (a, b);
                machine.Step();
                Assert.Equal(s_definitions[mnemonic](a, b), machine.Hart[3]);
            },
            iter: 200,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(ImmediateMnemonics))]
    public void Immediate_forms_do_the_same(string mnemonic)
    {
        using Machine machine = new(configuration => configuration with { Extensions = All });
        Gen.Select(s_values, Gen.Int[0, mnemonic.EndsWith('w') && mnemonic != "slli.uw" ? 31 : 63]).Sample(
            (a, shift) =>
            {
                machine.Hart.ProgramCounter = Machine.Ram;
                machine.Hart[1] = a;
                machine.Execute(Asm(mnemonic, rd: 3, rs1: 1, imm: shift));
                Assert.Equal(s_immediates[mnemonic](a, shift), machine.Hart[3]);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void A_hart_without_them_has_none_of_them()
    {
        using Machine machine = new();
        foreach (string mnemonic in s_definitions.Keys.Concat(s_immediates.Keys))
        {
            Assert.True(machine.CauseOf(Asm(mnemonic, rd: 3, rs2: 1)) == 2, mnemonic);
        }
    }

    [Theory]
    [InlineData(Extensions.Zbkb, "ror", -1)]
    [InlineData(Extensions.Zbkb, "clz", 2)]
    [InlineData(Extensions.Zbkb, "zext.h", -1)]
    [InlineData(Extensions.Zbb, "zext.h", -1)]
    [InlineData(Extensions.Zbb, "packw", 2)]
    [InlineData(Extensions.Zbkc, "clmulh", -1)]
    [InlineData(Extensions.Zbkc, "clmulr", 2)]
    public void Some_instructions_belong_to_several_extensions(Extensions extensions, string mnemonic, int cause)
    {
        using Machine machine = new(configuration => configuration with { Extensions = extensions });
        Assert.Equal(cause, machine.CauseOf(Asm(mnemonic, rd: 3, rs1: 1, rs2: 1)));
    }

    private static bool Carryless(ulong a, ulong b, int bit) =>
        bit < 127 && Enumerable.Range(0, 64).Count(j => bit - j is >= 0 and < 64 && Bit(a, j) && Bit(b, bit - j)) % 2 == 1;

    private static bool Bit(ulong value, int bit) => (value >> bit & 1) != 0;

    private static ulong Low(ulong value) => value & uint.MaxValue;

    private static ulong Signed(ulong value) => Each(i => Bit(value, Math.Min(i, 31)));

    private static ulong Each(Func<int, bool> bit) => Enumerable.Range(0, 64).Aggregate(0UL, (all, i) => bit(i) ? all | (1UL << i) : all);
}
