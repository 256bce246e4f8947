namespace Soc.RiscV.Instructions;

/// <summary>
/// Fine-grained invalidation of translations (privileged ISA, chapter "Svinval"). SINVAL.VMA invalidates at once, so the
/// fences around it have nothing left to order.
/// </summary>
[Extension(Extensions.Svinval)]
internal static class Svinval
{
    [System("sinval.vma", "0001011 rs2 rs1 000 00000 1110011")] public static Flow SinvalVma(Hart hart, in DecodedInstruction i) => hart.FenceTranslations(i);
    [System("sfence.w.inval", "0001100 00000 00000 000 00000 1110011")] public static Flow SfenceWInval(Hart hart, in DecodedInstruction i) => hart.FenceInvalidations(i);
    [System("sfence.inval.ir", "0001100 00001 00000 000 00000 1110011")] public static Flow SfenceInvalIr(Hart hart, in DecodedInstruction i) => hart.FenceInvalidations(i);
}
