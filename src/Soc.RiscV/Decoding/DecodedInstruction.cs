namespace Soc.RiscV.Decoding;

/// <summary>One slot of decoded code, 16 bytes: a power of two, so that the program counter follows from a slot's position by a shift.</summary>
internal struct DecodedInstruction
{
    /// <summary>Register number that takes writes to x0.</summary>
    public const byte Scrap = 32;

    /// <summary>Register number of f0; the others follow.</summary>
    public const byte FirstFloat = 33;

    /// <summary>Registers in all: x0 to x31, scrap, f0 to f31.</summary>
    public const int Registers = 65;

    /// <summary>What the instruction is.</summary>
    public Opcode Opcode;

    /// <summary>What the interpreter loop does at this slot: <see cref="Opcode"/>, or a group of instructions that begins with it.</summary>
    public Opcode Dispatch;

    /// <summary>Destination, <see cref="Scrap"/> for x0.</summary>
    public byte Rd;

    /// <summary>First source, or the immediate of the csrr*i forms.</summary>
    public byte Rs1;

    /// <summary>Second source.</summary>
    public byte Rs2;

    /// <summary>Bytes, 2 or 4.</summary>
    public byte Length;

    /// <summary>Immediate, shift amount or CSR number.</summary>
    public int Immediate;

    /// <summary>The instruction word, for tval and rarely used fields.</summary>
    public uint Bits;

    /// <summary>A slot that is no instruction, or not yet.</summary>
    public static DecodedInstruction Mark(Opcode opcode) => new() { Opcode = opcode, Dispatch = opcode };
}
