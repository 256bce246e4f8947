namespace Soc.RiscV.Decoding;

/// <summary>All declared instructions; filled by the generator, built when first asked for.</summary>
internal static partial class InstructionTable
{
    private static readonly Lazy<InstructionDescription[]> s_all = new(Create);

    /// <summary>Every instruction, 32-bit ones first.</summary>
    public static IReadOnlyList<InstructionDescription> All => s_all.Value;
}
