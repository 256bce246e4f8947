namespace Soc.RiscV.Generator;

/// <summary>One contiguous run of instruction bits that belongs to a named operand.</summary>
internal sealed class EncodingField
{
    public EncodingField(string name, int position, int width, int operandBit)
    {
        Name = name;
        Position = position;
        Width = width;
        OperandBit = operandBit;
    }

    /// <summary>Operand name as in the manual ("rs1", "imm", "nzuimm", "rd'").</summary>
    public string Name { get; }

    /// <summary>Lowest instruction bit of the run.</summary>
    public int Position { get; }

    /// <summary>Bits in the run.</summary>
    public int Width { get; }

    /// <summary>Bit of the operand that the lowest bit of the run is.</summary>
    public int OperandBit { get; }
}
