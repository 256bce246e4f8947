namespace Soc.Iommu.Registers;

/// <summary>One row of the register table, for documentation and tests.</summary>
/// <param name="Offset">Bytes from the base of the page.</param>
/// <param name="Name">Name in the specification.</param>
/// <param name="Size">Bytes: 4 or 8.</param>
/// <param name="Writable">Bits that software can change, by writing or clearing.</param>
/// <param name="Value">What software would read now.</param>
public sealed record IommuRegisterRow(int Offset, string Name, int Size, ulong Writable, ulong Value);
