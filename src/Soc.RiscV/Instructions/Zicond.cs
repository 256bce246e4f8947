namespace Soc.RiscV.Instructions;

/// <summary>Conditional zeroing (unprivileged ISA, chapter "Zicond").</summary>
[Extension(Extensions.Zicond)]
internal static class Zicond
{
    [Instruction("czero.eqz", "0000111 rs2 rs1 101 rd 0110011")] public static ulong CzeroEqz(ulong rs1, ulong rs2) => rs2 == 0 ? 0 : rs1;
    [Instruction("czero.nez", "0000111 rs2 rs1 111 rd 0110011")] public static ulong CzeroNez(ulong rs1, ulong rs2) => rs2 == 0 ? rs1 : 0;
}
