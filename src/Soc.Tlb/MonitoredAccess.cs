using Soc.Memory;

namespace Soc.Tlb;

/// <summary>A resolved part of an access, as the TLB is about to execute it.</summary>
/// <param name="VirtualAddress">First byte.</param>
/// <param name="PhysicalAddress">First byte on the initiator's bus.</param>
/// <param name="Size">Bytes; 0 for a whole code page that an instruction is about to be executed from.</param>
/// <param name="Kind">The kind of the access.</param>
/// <param name="Context">The TLB's context.</param>
/// <param name="Host">Host address of the first byte; 0 when it is not plain memory.</param>
/// <param name="Section">Where the access ends.</param>
/// <param name="Offset">Offset in the section's leaf.</param>
/// <param name="Attributes">The transaction's attributes.</param>
public readonly record struct MonitoredAccess(
    ulong VirtualAddress, ulong PhysicalAddress, int Size, AccessKind Kind, int Context, nint Host, Section Section, ulong Offset,
    TransactionAttributes Attributes);
