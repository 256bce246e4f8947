namespace Soc.RiscV.Instructions;

/// <summary>
/// A floating-point instruction that computes a register from registers, the rounding mode and the accrued flags. Illegal
/// while mstatus.FS is off, and with a reserved rounding mode if the encoding has one.
/// </summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first; floating-point registers begin with f.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FloatAttribute(string mnemonic, string encoding) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;
}
