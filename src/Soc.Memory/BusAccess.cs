namespace Soc.Memory;

/// <summary>One access as a device sees it: at most 8 bytes, naturally aligned.</summary>
/// <param name="Offset">Byte offset in the device's region.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8.</param>
/// <param name="Kind">Load, store or fetch.</param>
/// <param name="Attributes">The transaction's attributes.</param>
/// <param name="PhysicalAddress">Address on the initiator's bus, before any IOMMU region (softtlb.md 1.6, IO13).</param>
/// <param name="Initiator">Who is asking; never null.</param>
public readonly record struct BusAccess(
    ulong Offset,
    int Size,
    AccessKind Kind,
    TransactionAttributes Attributes,
    ulong PhysicalAddress,
    IInitiator Initiator);
