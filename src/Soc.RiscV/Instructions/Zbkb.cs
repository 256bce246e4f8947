namespace Soc.RiscV.Instructions;

/// <summary>Bit manipulation for cryptography (unprivileged ISA, chapter "Scalar Cryptography", Zbkb). PACKW of x0 is ZEXT.H, which Zbb has too.</summary>
[Extension(Extensions.Zbkb)]
internal static class Zbkb
{
    [Instruction("pack", "0000100 rs2 rs1 100 rd 0110011")] public static ulong Pack(ulong rs1, ulong rs2) => (uint)rs1 | (rs2 << 32);
    [Instruction("packh", "0000100 rs2 rs1 111 rd 0110011")] public static ulong Packh(ulong rs1, ulong rs2) => (byte)rs1 | ((ulong)(byte)rs2 << 8);
    [Instruction("packw", "0000100 rs2!=0 rs1 100 rd 0111011")] public static ulong Packw(ulong rs1, ulong rs2) => (ulong)(int)((ushort)rs1 | ((uint)rs2 << 16));
    [Instruction("brev8", "011010000111 rs1 101 rd 0010011")] public static ulong Brev8(ulong rs1) => Zbkb.Reverse(rs1);

    /// <summary>The bits of each byte in the opposite order.</summary>
    internal static ulong Reverse(ulong value)
    {
        value = ((value >> 1) & 0x5555_5555_5555_5555) | ((value & 0x5555_5555_5555_5555) << 1);
        value = ((value >> 2) & 0x3333_3333_3333_3333) | ((value & 0x3333_3333_3333_3333) << 2);
        return ((value >> 4) & 0x0F0F_0F0F_0F0F_0F0F) | ((value & 0x0F0F_0F0F_0F0F_0F0F) << 4);
    }
}
