namespace Soc.RiscV.Instructions;

/// <summary>One 16-bit instruction: a row that names the 32-bit instruction it expands to.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first; a primed register is x8..x15.</param>
/// <param name="expansion">Mnemonic of the 32-bit instruction, then its operands: a field of this encoding or a number.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class CompressedAttribute(string mnemonic, string encoding, string expansion) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;

    /// <summary>What it expands to.</summary>
    public string Expansion { get; } = expansion;
}
