namespace Soc.RiscV.Instructions;

/// <summary>May-be-operations (unprivileged ISA, chapter "Zimop"): they write zero until an extension gives them a meaning.</summary>
[Extension(Extensions.Zimop)]
internal static class Zimop
{
    [Instruction("mop.r", "1 uimm[4] 00 uimm[3:2] 0111 uimm[1:0] rs1 100 rd 1110011")] public static ulong MopR() => 0;
    [Instruction("mop.rr", "1 uimm[2] 00 uimm[1:0] 1 rs2 rs1 100 rd 1110011")] public static ulong MopRr() => 0;
}
