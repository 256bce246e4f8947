using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Soc.RiscV.Generator;

/// <summary>
/// An encoding string as the manual prints it, most significant field first: binary literals, operand names
/// (<c>rs1</c>), immediates with their bits (<c>imm[12|10:5]</c>) and exclusions (<c>rd!=0</c>). A primed register
/// (<c>rd'</c>) is the three-bit form of compressed instructions; floating-point registers begin with f (<c>frs1</c>).
/// </summary>
internal sealed class Encoding
{
    private static readonly Dictionary<string, int> Widths = new()
    {
        ["rd"] = 5,
        ["rs1"] = 5,
        ["rs2"] = 5,
        ["rs3"] = 5,
        ["frd"] = 5,
        ["frs1"] = 5,
        ["frs2"] = 5,
        ["frs3"] = 5,
        ["rd'"] = 3,
        ["rs1'"] = 3,
        ["rs2'"] = 3,
        ["frd'"] = 3,
        ["frs2'"] = 3,
        ["csr"] = 12,
        ["zimm"] = 5,
        ["aq"] = 1,
        ["rl"] = 1,
        ["fm"] = 4,
        ["pred"] = 4,
        ["succ"] = 4,
        ["rm"] = 3,
    };

    private Encoding(uint mask, uint match, List<EncodingField> fields, List<KeyValuePair<string, int>> exclusions)
    {
        Mask = mask;
        Match = match;
        Fields = fields;
        Exclusions = exclusions;
    }

    /// <summary>Bits that are literals.</summary>
    public uint Mask { get; }

    /// <summary>Values of the literal bits.</summary>
    public uint Match { get; }

    public IReadOnlyList<EncodingField> Fields { get; }

    /// <summary>Operand values that do not belong to this instruction.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Exclusions { get; }

    public static Encoding Parse(string text, int bits)
    {
        uint mask = 0;
        uint match = 0;
        List<EncodingField> fields = new();
        List<KeyValuePair<string, int>> exclusions = new();
        int at = bits;
        foreach (string written in text.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
        {
            string token = written;
            int unequal = token.IndexOf("!=", StringComparison.Ordinal);
            if (unequal >= 0)
            {
                string name = token.Substring(0, unequal);
                foreach (string value in token.Substring(unequal + 2).Split(','))
                {
                    exclusions.Add(new KeyValuePair<string, int>(name, int.Parse(value, CultureInfo.InvariantCulture)));
                }

                token = name;
            }

            if (token.All(c => c is '0' or '1'))
            {
                at -= token.Length;
                uint ones = token.Length == 32 ? uint.MaxValue : (1u << token.Length) - 1;
                mask |= ones << at;
                match |= Convert.ToUInt32(token, 2) << at;
                continue;
            }

            int bracket = token.IndexOf('[');
            if (bracket < 0)
            {
                if (!Widths.TryGetValue(token, out int width))
                {
                    throw new FormatException($"unknown field '{token}' in '{text}'");
                }

                at -= width;
                fields.Add(new EncodingField(token, at, width, 0));
                continue;
            }

            string immediate = token.Substring(0, bracket);
            if (immediate.StartsWith("nz", StringComparison.Ordinal) && exclusions.All(exclusion => exclusion.Key != immediate))
            {
                exclusions.Add(new KeyValuePair<string, int>(immediate, 0));
            }

            foreach (string run in token.Substring(bracket + 1).TrimEnd(']').Split('|'))
            {
                string[] ends = run.Split(':');
                int high = int.Parse(ends[0], CultureInfo.InvariantCulture);
                int low = ends.Length == 2 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : high;
                at -= high - low + 1;
                fields.Add(new EncodingField(immediate, at, high - low + 1, low));
            }
        }

        if (at != 0)
        {
            throw new FormatException($"'{text}' has {bits - at} bits instead of {bits}");
        }

        return new Encoding(mask, match, fields, exclusions);
    }

    public bool Has(string name) => Fields.Any(field => field.Name == name);

    /// <summary>The C# expression (int) that extracts an operand from the instruction word "w".</summary>
    public string Extract(string name)
    {
        List<EncodingField> runs = Fields.Where(field => field.Name == name).ToList();
        string bits = string.Join(" | ", runs.Select(run =>
            $"(((w >> {run.Position}) & 0x{(run.Width == 32 ? uint.MaxValue : (1u << run.Width) - 1):x}u) << {run.OperandBit})"));
        if (name.EndsWith("'", StringComparison.Ordinal))
        {
            return $"(int)({8 + FirstRegister(name)}u + ({bits}))";
        }

        if (FirstRegister(name) != 0)
        {
            return $"(int)({FirstRegister(name)}u + ({bits}))";
        }

        if (!IsSigned(name))
        {
            return $"(int)({bits})";
        }

        int unused = 31 - runs.Max(run => run.OperandBit + run.Width - 1);
        return $"((int)(({bits}) << {unused}) >> {unused})";
    }

    /// <summary>The condition on "w" that this instruction is meant.</summary>
    public string Condition()
    {
        List<string> terms = new() { $"(w & 0x{Mask:x}u) == 0x{Match:x}u" };
        terms.AddRange(Exclusions.Select(exclusion => $"{Extract(exclusion.Key)} != {exclusion.Value}"));
        return string.Join(" && ", terms);
    }

    /// <summary>Name of the immediate-like operand, if there is one.</summary>
    public string? Immediate => Fields.Select(run => run.Name).FirstOrDefault(name => (name.EndsWith("imm", StringComparison.Ordinal) && name != "zimm") || name is "shamt" or "csr");

    /// <summary>Where the register file of an operand begins in the hart's array of registers: floating point comes behind x31 and the scrap register.</summary>
    public static int FirstRegister(string name) => name.StartsWith("fr", StringComparison.Ordinal) ? 33 : 0;

    private static bool IsSigned(string name) => name is "imm" or "nzimm";
}
