namespace Soc.RiscV.Instructions;

/// <summary>Waiting on a reservation set (unprivileged ISA, chapter "Zawrs"); both forms end the slice, so that somebody else may store.</summary>
[Extension(Extensions.Zawrs)]
internal static class Zawrs
{
    [System("wrs.nto", "000000001101 00000 000 00000 1110011")] public static Flow WrsNto(Hart hart, in DecodedInstruction i) => hart.WaitForStore(i, limited: false);
    [System("wrs.sto", "000000011101 00000 000 00000 1110011")] public static Flow WrsSto(Hart hart, in DecodedInstruction i) => hart.WaitForStore(i, limited: true);
}
