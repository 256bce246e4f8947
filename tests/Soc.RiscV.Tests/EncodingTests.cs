using CsCheck;
using Soc.RiscV.Decoding;
using static Soc.RiscV.Tests.Assembler;

namespace Soc.RiscV.Tests;

public class EncodingTests
{
    public static TheoryData<string> Long => [.. InstructionTable.All.Where(row => row.Length == 4).Select(row => row.Mnemonic)];

    public static TheoryData<string> Short => [.. InstructionTable.All.Where(row => row.Length == 2).Select(row => row.Mnemonic)];

    [Theory]
    [MemberData(nameof(Long))]
    public void An_encoded_instruction_decodes_to_itself(string mnemonic)
    {
        InstructionDescription row = Row(mnemonic);
        Gen.Select(Gen.Int[0, 31], Gen.Int[0, 31], Gen.Int[0, 31], Gen.Int, (rd, rs1, rs2, raw) => (rd, rs1, rs2, raw)).Sample(
            t =>
            {
                int Number(string floating, int register) => row.Encoding.Contains(floating) ? DecodedInstruction.FirstFloat + register : register;
                int rs2 = row.Encoding.Contains("rs2!=0") ? Math.Max(t.rs2, 1) : t.rs2;
                long imm = LegalImmediate(row, t.raw);
                uint word = Encode(row, name => name switch
                {
                    "rd" or "frd" => t.rd,
                    "rs1" or "zimm" or "frs1" => t.rs1,
                    "rs2" or "frs2" => rs2,
                    "csr" or "imm" or "shamt" or "uimm" => imm,
                    _ => 0,
                });
                DecodedInstruction i = Decoder.Decode(word);
                Assert.Equal(row.Opcode, i.Opcode);
                Assert.Equal(4, i.Length);
                Assert.Equal(word, i.Bits);
                AssertOperand(row, "rd", row.Encoding.Contains("frd") ? DecodedInstruction.FirstFloat + t.rd : t.rd == 0 ? DecodedInstruction.Scrap : t.rd, i.Rd);
                AssertOperand(row, row.Encoding.Contains("zimm") ? "zimm" : "rs1", Number("frs1", t.rs1), i.Rs1);
                AssertOperand(row, "rs2", Number("frs2", rs2), i.Rs2);
                if (Immediate(row) is { } immediate)
                {
                    AssertOperand(row, immediate, (int)imm, i.Immediate);
                }
            },
            iter: 60);
    }

    [Theory]
    [MemberData(nameof(Short))]
    public void A_compressed_instruction_decodes_to_its_expansion(string mnemonic)
    {
        InstructionDescription row = Row(mnemonic);
        string[] expansion = row.Expansion.Split(' ');
        InstructionDescription target = Row(expansion[0]);
        Gen.Select(Gen.Int[1, 31], Gen.Int[1, 31], Gen.Int, (a, b, raw) => (a, b, raw)).Sample(
            t =>
            {
                int rd = row.Encoding.Contains("rd!=2") && t.a == 2 ? 3 : t.a;
                long imm = LegalImmediate(row, t.raw);
                if (imm == 0)
                {
                    imm = Immediate(row) is null ? 0 : LegalImmediate(row, -1);
                }

                int Value(string name) => name switch
                {
                    "rd" => rd,
                    "rs1" => t.a,
                    "rs2" => t.b,
                    "rd'" or "rs1'" => 8 + (t.a & 7),
                    "rs2'" => 8 + (t.b & 7),
                    "frd" => DecodedInstruction.FirstFloat + t.a,
                    "frs2" => DecodedInstruction.FirstFloat + t.b,
                    "frd'" => DecodedInstruction.FirstFloat + 8 + (t.a & 7),
                    "frs2'" => DecodedInstruction.FirstFloat + 8 + (t.b & 7),
                    _ => (int)imm,
                };
                DecodedInstruction i = Decoder.Decode(Encode(row, name => name[0] == 'f' ? Value(name) - DecodedInstruction.FirstFloat : Value(name)));
                Assert.Equal(2, i.Length);
                Assert.Equal(target.Opcode + 1, i.Opcode);
                Dictionary<string, string> operands = expansion.Skip(1).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
                int Expected(string name) => operands.TryGetValue(name, out string? source) || operands.TryGetValue("f" + name, out source)
                    ? int.TryParse(source, out int number) ? number : Value(source) : 0;
                Assert.Equal(Expected("rd") is 0 ? DecodedInstruction.Scrap : Expected("rd"), i.Rd);
                Assert.Equal(Expected("rs1"), i.Rs1);
                Assert.Equal(Expected("rs2"), i.Rs2);
                Assert.Equal(Expected("imm"), i.Immediate);
            },
            iter: 60);
    }

    [Fact]
    public void No_word_is_two_instructions()
    {
        InstructionDescription[] rows = [.. InstructionTable.All.Where(row => row.Length == 4)];
        for (int a = 0; a < rows.Length; a++)
        {
            for (int b = a + 1; b < rows.Length; b++)
            {
                if (rows[a].Encoding.Contains("!=") || rows[b].Encoding.Contains("!="))
                {
                    // What one excludes is the other: decoding in order of literal bits finds it.
                    continue;
                }

                uint common = rows[a].Mask & rows[b].Mask;
                Assert.True((rows[a].Match & common) != (rows[b].Match & common), $"{rows[a].Mnemonic} and {rows[b].Mnemonic} overlap");
            }
        }
    }

    [Theory]
    [InlineData(0x0000u)] // all zeros: c.addi4spn with a zero immediate
    [InlineData(0x6101u)] // c.addi16sp with a zero immediate
    [InlineData(0x6081u)] // c.lui with a zero immediate
    [InlineData(0x4002u)] // c.lwsp to x0
    [InlineData(0x2001u)] // c.addiw of x0
    [InlineData(0x8002u)] // c.jr x0
    [InlineData(0x9C41u)] // reserved in quadrant 1
    [InlineData(0x2000u)] // c.fld: no floating point
    public void Reserved_compressed_words_are_illegal(uint word) => Assert.Equal(Opcode.Illegal, Decoder.Decode(word, Extensions.None).Opcode);

    [Theory]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x02000033u | (1u << 30))]
    [InlineData(0x0000000Fu | (7u << 12))]
    [InlineData(0x00000053u)]
    public void Unassigned_words_are_illegal(uint word) => Assert.Equal(Opcode.Illegal, Decoder.Decode(word, Extensions.None).Opcode);

    [Fact]
    public void Decoding_is_total_and_consistent_with_the_table() =>
        Gen.UInt.Sample(word =>
        {
            DecodedInstruction i = Decoder.Decode(word | 3);
            InstructionDescription? row = InstructionTable.All.Where(row => row.Length == 4 && ((word | 3) & row.Mask) == row.Match)
                .MaxBy(row => System.Numerics.BitOperations.PopCount(row.Mask));
            Assert.Equal(row?.Opcode ?? Opcode.Illegal, i.Opcode);
        });

    private static void AssertOperand(InstructionDescription row, string name, int expected, int actual) =>
        Assert.Equal(row.Encoding.Split(' ').Any(token => token.Split('[')[0].Split("!=")[0] is var field && (field == name || field == "f" + name)) ? expected : name == "rd" ? DecodedInstruction.Scrap : 0, actual);

    private static string? Immediate(InstructionDescription row) =>
        row.Encoding.Split(' ').Select(token => token.Split('[')[0]).FirstOrDefault(name => (name.EndsWith("imm", StringComparison.Ordinal) && name != "zimm") || name is "shamt" or "csr");

    /// <summary>A random immediate with only the bits that the encoding holds, sign-extended if it is signed.</summary>
    private static long LegalImmediate(InstructionDescription row, int raw)
    {
        if (Immediate(row) is not { } name)
        {
            return 0;
        }

        (int High, int Low)[] runs = [.. row.Encoding.Split(' ').Where(token => token.Split('[')[0] == name).SelectMany(Runs)];
        long value = 0;
        foreach ((int high, int low) in runs)
        {
            value |= raw & (((1L << (high - low + 1)) - 1) << low);
        }

        int top = runs.Max(run => run.High);
        bool signed = name is "imm" or "nzimm";
        return signed ? value << (63 - top) >> (63 - top) : value;
    }
}
