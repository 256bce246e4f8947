using System.Globalization;
using Soc.RiscV.Decoding;

namespace Soc.RiscV.Tests;

/// <summary>Encodes instructions by filling in the encoding string of a declaration, bit by bit: independent of the generated decoder.</summary>
internal static class Assembler
{
    public static uint Asm(string mnemonic, int rd = 0, int rs1 = 0, int rs2 = 0, long imm = 0, int csr = 0, int rs3 = 0, int rm = 0) =>
        Encode(Row(mnemonic), name => name switch
        {
            "rd" or "rd'" or "frd" or "frd'" => rd,
            "rs1" or "rs1'" or "zimm" or "frs1" => rs1,
            "rs2" or "rs2'" or "frs2" or "frs2'" => rs2,
            "frs3" => rs3,
            "rm" => rm,
            "csr" => csr,
            "aq" or "rl" or "fm" or "pred" or "succ" => 0,
            _ => imm,
        });

    public static InstructionDescription Row(string mnemonic) => InstructionTable.All.Single(row => row.Mnemonic == mnemonic);

    public static uint Encode(InstructionDescription row, Func<string, long> operand)
    {
        uint word = 0;
        foreach (string written in row.Encoding.Split(' '))
        {
            string token = written.Split("!=")[0];
            if (token.All(c => c is '0' or '1'))
            {
                word = (word << token.Length) | Convert.ToUInt32(token, 2);
                continue;
            }

            string name = token.Split('[')[0];
            long value = operand(name);
            foreach ((int high, int low) in Runs(token))
            {
                int width = high - low + 1;
                word = (uint)(((ulong)word << width) | ((ulong)(value >> low) & ((1UL << width) - 1)));
            }
        }

        return word;
    }

    /// <summary>The bit runs of an operand, highest instruction bits first.</summary>
    public static IEnumerable<(int High, int Low)> Runs(string token)
    {
        if (!token.Contains('['))
        {
            int width = token switch
            {
                _ when token.EndsWith('\'') => 3,
                "csr" => 12,
                "aq" or "rl" => 1,
                "rm" => 3,
                "fm" or "pred" or "succ" => 4,
                _ => 5,
            };
            return [(width - 1, 0)];
        }

        return token[(token.IndexOf('[') + 1)..^1].Split('|').Select(run =>
        {
            int[] ends = [.. run.Split(':').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            return (ends[0], ends[^1]);
        });
    }
}
