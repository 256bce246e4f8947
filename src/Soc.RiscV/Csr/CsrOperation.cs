namespace Soc.RiscV.Csr;

/// <summary>What a CSR instruction does with its operand.</summary>
internal enum CsrOperation
{
    /// <summary>Replaces the value.</summary>
    Write,

    /// <summary>Sets the operand's bits.</summary>
    Set,

    /// <summary>Clears the operand's bits.</summary>
    Clear,
}
