namespace Soc.RiscV.Instructions;

/// <summary>An instruction that touches more than registers: the method does all of it and says how to go on.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemAttribute(string mnemonic, string encoding) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;
}
