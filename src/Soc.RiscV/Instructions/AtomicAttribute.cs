using Soc.Tlb;

namespace Soc.RiscV.Instructions;

/// <summary>An atomic read-modify-write at rs1 with operand rs2: the method turns the old value, zero-extended, into rd.</summary>
/// <param name="mnemonic">As in the manual, lower case.</param>
/// <param name="encoding">As in the manual's tables, most significant field first.</param>
/// <param name="size">Bytes accessed.</param>
/// <param name="operation">How memory and operand combine.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AtomicAttribute(string mnemonic, string encoding, int size, AtomicOperation operation) : Attribute
{
    /// <summary>As in the manual, lower case.</summary>
    public string Mnemonic { get; } = mnemonic;

    /// <summary>As in the manual's tables, most significant field first.</summary>
    public string Encoding { get; } = encoding;

    /// <summary>Bytes accessed.</summary>
    public int Size { get; } = size;

    /// <summary>How memory and operand combine.</summary>
    public AtomicOperation Operation { get; } = operation;
}
