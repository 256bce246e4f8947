namespace Soc.RiscV.Instructions;

/// <summary>A jump: the method computes the target; rd receives the address of the next instruction.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JumpAttribute(string mnemonic, string encoding) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;
}
