namespace Soc.RiscV.Instructions;

/// <summary>Privileged instructions (privileged ISA, sections 3.3 and 10.2).</summary>
internal static class Privileged
{
    [System("mret", "0011000 00010 00000 000 00000 1110011")] public static Flow Mret(Hart hart, in DecodedInstruction i) => hart.ReturnFromMachine(i);
    [System("sret", "0001000 00010 00000 000 00000 1110011")] public static Flow Sret(Hart hart, in DecodedInstruction i) => hart.ReturnFromSupervisor(i);
    [System("wfi", "0001000 00101 00000 000 00000 1110011")] public static Flow Wfi(Hart hart, in DecodedInstruction i) => hart.WaitForInterrupt(i);
    [System("sfence.vma", "0001001 rs2 rs1 000 00000 1110011")] public static Flow SfenceVma(Hart hart, in DecodedInstruction i) => hart.FenceTranslations(i);
}
