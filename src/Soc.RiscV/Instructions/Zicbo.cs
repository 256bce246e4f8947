namespace Soc.RiscV.Instructions;

/// <summary>
/// Cache-block operations (unprivileged ISA, chapter "CMO"). Prefetches (Zicbop) need no declaration: they are ORI into x0, a
/// hint.
/// </summary>
internal static class Zicbo
{
    [Extension(Extensions.Zicbom)]
    [System("cbo.inval", "000000000000 rs1 010 00000 0001111")] public static Flow CboInval(Hart hart, in DecodedInstruction i) => hart.ManageBlock(i, EnvironmentConfiguration.InvalidateMask);

    [Extension(Extensions.Zicbom)]
    [System("cbo.clean", "000000000001 rs1 010 00000 0001111")] public static Flow CboClean(Hart hart, in DecodedInstruction i) => hart.ManageBlock(i, EnvironmentConfiguration.CleanEnable);

    [Extension(Extensions.Zicbom)]
    [System("cbo.flush", "000000000010 rs1 010 00000 0001111")] public static Flow CboFlush(Hart hart, in DecodedInstruction i) => hart.ManageBlock(i, EnvironmentConfiguration.CleanEnable);

    [Extension(Extensions.Zicboz)]
    [System("cbo.zero", "000000000100 rs1 010 00000 0001111")] public static Flow CboZero(Hart hart, in DecodedInstruction i) => hart.ZeroBlock(i);
}
