namespace Soc.RiscV.Instructions;

/// <summary>A load of a floating-point register from rs1 + imm: the method turns the bytes read, zero-extended, into frd. Illegal while mstatus.FS is off.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first.</param>
/// <param name="size">Bytes accessed.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FloatLoadAttribute(string mnemonic, string encoding, int size) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;

    /// <summary>Bytes accessed.</summary>
    public int Size { get; } = size;
}
