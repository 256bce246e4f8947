namespace Soc.RiscV.Instructions;

/// <summary>An instruction that computes rd from operands and nothing else.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstructionAttribute(string mnemonic, string encoding) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;
}
