using System.Numerics;

namespace Soc.RiscV.Instructions;

/// <summary>Basic bit manipulation (unprivileged ISA, chapter "B", Zbb), some of it in Zbkb too.</summary>
[Extension(Extensions.Zbb)]
internal static class Zbb
{
    // Logic with the complement.
    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("andn", "0100000 rs2 rs1 111 rd 0110011")] public static ulong Andn(ulong rs1, ulong rs2) => rs1 & ~rs2;

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("orn", "0100000 rs2 rs1 110 rd 0110011")] public static ulong Orn(ulong rs1, ulong rs2) => rs1 | ~rs2;

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("xnor", "0100000 rs2 rs1 100 rd 0110011")] public static ulong Xnor(ulong rs1, ulong rs2) => ~(rs1 ^ rs2);

    // Counts.
    [Instruction("clz", "011000000000 rs1 001 rd 0010011")] public static ulong Clz(ulong rs1) => (ulong)BitOperations.LeadingZeroCount(rs1);
    [Instruction("ctz", "011000000001 rs1 001 rd 0010011")] public static ulong Ctz(ulong rs1) => (ulong)BitOperations.TrailingZeroCount(rs1);
    [Instruction("cpop", "011000000010 rs1 001 rd 0010011")] public static ulong Cpop(ulong rs1) => (ulong)BitOperations.PopCount(rs1);
    [Instruction("clzw", "011000000000 rs1 001 rd 0011011")] public static ulong Clzw(ulong rs1) => (ulong)BitOperations.LeadingZeroCount((uint)rs1);
    [Instruction("ctzw", "011000000001 rs1 001 rd 0011011")] public static ulong Ctzw(ulong rs1) => (ulong)BitOperations.TrailingZeroCount((uint)rs1);
    [Instruction("cpopw", "011000000010 rs1 001 rd 0011011")] public static ulong Cpopw(ulong rs1) => (ulong)BitOperations.PopCount((uint)rs1);

    // Extremes.
    [Instruction("min", "0000101 rs2 rs1 100 rd 0110011")] public static ulong Min(ulong rs1, ulong rs2) => (long)rs1 < (long)rs2 ? rs1 : rs2;
    [Instruction("minu", "0000101 rs2 rs1 101 rd 0110011")] public static ulong Minu(ulong rs1, ulong rs2) => rs1 < rs2 ? rs1 : rs2;
    [Instruction("max", "0000101 rs2 rs1 110 rd 0110011")] public static ulong Max(ulong rs1, ulong rs2) => (long)rs1 < (long)rs2 ? rs2 : rs1;
    [Instruction("maxu", "0000101 rs2 rs1 111 rd 0110011")] public static ulong Maxu(ulong rs1, ulong rs2) => rs1 < rs2 ? rs2 : rs1;

    // Extensions of sign and zero.
    [Instruction("sext.b", "011000000100 rs1 001 rd 0010011")] public static ulong SextB(ulong rs1) => (ulong)(sbyte)rs1;
    [Instruction("sext.h", "011000000101 rs1 001 rd 0010011")] public static ulong SextH(ulong rs1) => (ulong)(short)rs1;

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("zext.h", "000010000000 rs1 100 rd 0111011")] public static ulong ZextH(ulong rs1) => (ushort)rs1;

    // Rotations.
    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("rol", "0110000 rs2 rs1 001 rd 0110011")] public static ulong Rol(ulong rs1, ulong rs2) => BitOperations.RotateLeft(rs1, (int)rs2);

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("ror", "0110000 rs2 rs1 101 rd 0110011")] public static ulong Ror(ulong rs1, ulong rs2) => BitOperations.RotateRight(rs1, (int)rs2);

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("rori", "011000 shamt[5:0] rs1 101 rd 0010011")] public static ulong Rori(ulong rs1, int shamt) => BitOperations.RotateRight(rs1, shamt);

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("rolw", "0110000 rs2 rs1 001 rd 0111011")] public static ulong Rolw(ulong rs1, ulong rs2) => (ulong)(int)BitOperations.RotateLeft((uint)rs1, (int)rs2);

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("rorw", "0110000 rs2 rs1 101 rd 0111011")] public static ulong Rorw(ulong rs1, ulong rs2) => (ulong)(int)BitOperations.RotateRight((uint)rs1, (int)rs2);

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("roriw", "0110000 shamt[4:0] rs1 101 rd 0011011")] public static ulong Roriw(ulong rs1, int shamt) => (ulong)(int)BitOperations.RotateRight((uint)rs1, shamt);

    // Bytes. The highest bit of a byte is set below if any bit of the byte is; then each spreads over its byte.
    [Instruction("orc.b", "001010000111 rs1 101 rd 0010011")] public static ulong OrcB(ulong rs1) => (((((rs1 & 0x7F7F_7F7F_7F7F_7F7F) + 0x7F7F_7F7F_7F7F_7F7F) | rs1) >> 7) & 0x0101_0101_0101_0101) * 0xFF;

    [Extension(Extensions.Zbb | Extensions.Zbkb)]
    [Instruction("rev8", "011010111000 rs1 101 rd 0010011")] public static ulong Rev8(ulong rs1) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(rs1);
}
