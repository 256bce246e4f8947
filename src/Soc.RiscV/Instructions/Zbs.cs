namespace Soc.RiscV.Instructions;

/// <summary>Single-bit instructions (unprivileged ISA, chapter "B", Zbs).</summary>
[Extension(Extensions.Zbs)]
internal static class Zbs
{
    [Instruction("bclr", "0100100 rs2 rs1 001 rd 0110011")] public static ulong Bclr(ulong rs1, ulong rs2) => rs1 & ~(1UL << (int)rs2);
    [Instruction("bclri", "010010 shamt[5:0] rs1 001 rd 0010011")] public static ulong Bclri(ulong rs1, int shamt) => rs1 & ~(1UL << shamt);
    [Instruction("bext", "0100100 rs2 rs1 101 rd 0110011")] public static ulong Bext(ulong rs1, ulong rs2) => (rs1 >> (int)rs2) & 1;
    [Instruction("bexti", "010010 shamt[5:0] rs1 101 rd 0010011")] public static ulong Bexti(ulong rs1, int shamt) => (rs1 >> shamt) & 1;
    [Instruction("binv", "0110100 rs2 rs1 001 rd 0110011")] public static ulong Binv(ulong rs1, ulong rs2) => rs1 ^ (1UL << (int)rs2);
    [Instruction("binvi", "011010 shamt[5:0] rs1 001 rd 0010011")] public static ulong Binvi(ulong rs1, int shamt) => rs1 ^ (1UL << shamt);
    [Instruction("bset", "0010100 rs2 rs1 001 rd 0110011")] public static ulong Bset(ulong rs1, ulong rs2) => rs1 | (1UL << (int)rs2);
    [Instruction("bseti", "001010 shamt[5:0] rs1 001 rd 0010011")] public static ulong Bseti(ulong rs1, int shamt) => rs1 | (1UL << shamt);
}
