namespace Soc.RiscV.Instructions;

/// <summary>Address generation (unprivileged ISA, chapter "B", Zba).</summary>
[Extension(Extensions.Zba)]
internal static class Zba
{
    [Instruction("add.uw", "0000100 rs2 rs1 000 rd 0111011")] public static ulong AddUw(ulong rs1, ulong rs2) => (uint)rs1 + rs2;
    [Instruction("sh1add", "0010000 rs2 rs1 010 rd 0110011")] public static ulong Sh1add(ulong rs1, ulong rs2) => (rs1 << 1) + rs2;
    [Instruction("sh2add", "0010000 rs2 rs1 100 rd 0110011")] public static ulong Sh2add(ulong rs1, ulong rs2) => (rs1 << 2) + rs2;
    [Instruction("sh3add", "0010000 rs2 rs1 110 rd 0110011")] public static ulong Sh3add(ulong rs1, ulong rs2) => (rs1 << 3) + rs2;
    [Instruction("sh1add.uw", "0010000 rs2 rs1 010 rd 0111011")] public static ulong Sh1addUw(ulong rs1, ulong rs2) => ((ulong)(uint)rs1 << 1) + rs2;
    [Instruction("sh2add.uw", "0010000 rs2 rs1 100 rd 0111011")] public static ulong Sh2addUw(ulong rs1, ulong rs2) => ((ulong)(uint)rs1 << 2) + rs2;
    [Instruction("sh3add.uw", "0010000 rs2 rs1 110 rd 0111011")] public static ulong Sh3addUw(ulong rs1, ulong rs2) => ((ulong)(uint)rs1 << 3) + rs2;
    [Instruction("slli.uw", "000010 shamt[5:0] rs1 001 rd 0011011")] public static ulong SlliUw(ulong rs1, int shamt) => (ulong)(uint)rs1 << shamt;
}
