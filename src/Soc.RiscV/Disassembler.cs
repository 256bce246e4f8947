using System.Globalization;

namespace Soc.RiscV;

/// <summary>Instruction words as text, for reports and debugging.</summary>
public static class Disassembler
{
    private static readonly string[] s_registers =
    [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];

    private static readonly string[] s_floats =
    [
        "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
        "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
    ];

    private static readonly string[] s_modes = ["rne", "rtz", "rdn", "rup", "rmm", "mode5", "mode6"];

    /// <summary>
    /// One instruction in assembler syntax; a 16-bit instruction shows as what it stands for. Words that are no instruction of
    /// this hart show as ".word" or ".half".
    /// </summary>
    /// <param name="bits">The instruction word; the upper half of a 16-bit instruction is ignored.</param>
    /// <param name="programCounter">Its address, for the targets of jumps.</param>
    public static string Disassemble(uint bits, ulong programCounter)
    {
        DecodedInstruction i = Decoder.Decode(bits);
        if (InstructionTable.Find(i) is not { } found)
        {
            return i.Length == 2 ? $".half 0x{i.Bits:x4}" : $".word 0x{i.Bits:x8}";
        }

        string operands = string.Join(", ", Operands(found, i, programCounter));
        return operands.Length == 0 ? found.Mnemonic : $"{found.Mnemonic} {operands}";
    }

    private static IEnumerable<string> Operands(InstructionDescription row, DecodedInstruction i, ulong programCounter)
    {
        string[] fields = [.. row.Encoding.Split(' ').Select(field => field.Split('[')[0])];
        string rd = Register(i.Rd == DecodedInstruction.Scrap ? 0 : i.Rd);
        string target = "0x" + (programCounter + (ulong)(long)i.Immediate).ToString("x", CultureInfo.InvariantCulture);
        string memory = $"{i.Immediate.ToString(CultureInfo.InvariantCulture)}({Register(i.Rs1)})";
        switch (row.Kind)
        {
            case InstructionKind.Load or InstructionKind.FloatLoad:
                return [rd, memory];
            case InstructionKind.Store or InstructionKind.FloatStore:
                return [Register(i.Rs2), memory];
            case InstructionKind.Branch:
                return [Register(i.Rs1), Register(i.Rs2), target];
            case InstructionKind.Jump:
                return fields.Contains("rs1") ? [rd, memory] : [rd, target];
            case InstructionKind.Atomic:
                return [rd, Register(i.Rs2), $"({Register(i.Rs1)})"];
        }

        if (fields.Contains("csr"))
        {
            string csr = CsrTable.Find(i.Immediate & 0xFFF)?.Name ?? $"0x{i.Immediate & 0xFFF:x}";
            return [rd, csr, fields.Contains("zimm") ? i.Rs1.ToString(CultureInfo.InvariantCulture) : Register(i.Rs1)];
        }

        if (row.Mnemonic.StartsWith("hlv", StringComparison.Ordinal) || row.Mnemonic.StartsWith("hsv", StringComparison.Ordinal))
        {
            return [fields.Contains("rd") ? rd : Register(i.Rs2), $"({Register(i.Rs1)})"];
        }

        if (fields.Contains("fm"))
        {
            return [];
        }

        List<string> operands = [];
        if (row.Kind == InstructionKind.Float)
        {
            int mode = (int)(i.Bits >> 12) & 7;
            operands.Add(rd);
            operands.Add(Register(i.Rs1));
            Add("frs2", Register(i.Rs2));
            Add("frs3", Register(DecodedInstruction.FirstFloat + (int)(i.Bits >> 27)));
            if (mode < s_modes.Length)
            {
                Add("rm", s_modes[mode]);
            }

            return operands;
        }

        Add("rd", rd);
        Add("rs1", fields.Contains("aq") ? string.Empty : Register(i.Rs1));
        Add("rs2", Register(i.Rs2));
        Add("shamt", i.Immediate.ToString(CultureInfo.InvariantCulture));
        if (row.Kind == InstructionKind.Instruction)
        {
            bool upper = !fields.Contains("rs1");
            Add("imm", upper ? $"0x{(uint)i.Immediate >> 12:x}" : i.Immediate.ToString(CultureInfo.InvariantCulture));
        }

        if (fields.Contains("aq"))
        {
            operands.Remove(string.Empty);
            operands.Add($"({Register(i.Rs1)})");
        }

        return operands;

        void Add(string field, string text)
        {
            if (fields.Contains(field))
            {
                operands.Add(text);
            }
        }
    }

    private static string Register(int number) => number < DecodedInstruction.FirstFloat ? s_registers[number] : s_floats[number - DecodedInstruction.FirstFloat];
}
