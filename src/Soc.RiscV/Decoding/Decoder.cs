namespace Soc.RiscV.Decoding;

/// <summary>Instruction word to decoded instruction; the tables are generated from the declarations.</summary>
internal static partial class Decoder
{
    /// <summary>Whether the first parcel belongs to a 32-bit instruction. Longer encodings are not assigned and decode as illegal.</summary>
    public static bool IsLong(uint parcel) => (parcel & 3) == 3;

    /// <summary>Decodes a 16-bit or 32-bit instruction word.</summary>
    /// <param name="bits">The word.</param>
    /// <param name="extensions">What the hart has; instructions of others are illegal.</param>
    public static DecodedInstruction Decode(uint bits, Extensions extensions = Extensions.All) =>
        IsLong(bits) ? Decode32(bits, extensions) : Decode16(bits & 0xFFFF, extensions);

    private static DecodedInstruction Make(Opcode opcode, int length, uint bits, int rd, int rs1, int rs2, int immediate) => new()
    {
        Opcode = opcode,
        Dispatch = opcode,
        Rd = rd == 0 ? DecodedInstruction.Scrap : (byte)rd,
        Rs1 = (byte)rs1,
        Rs2 = (byte)rs2,
        Length = (byte)length,
        Immediate = immediate,
        Bits = bits,
    };
}
