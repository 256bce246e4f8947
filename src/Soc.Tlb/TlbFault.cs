using Soc.Memory;

namespace Soc.Tlb;

/// <summary>Why the last access failed.</summary>
/// <param name="Code">The walker's own fault code; 0 for a bus error.</param>
/// <param name="VirtualAddress">First byte of the failing part of the access.</param>
/// <param name="PhysicalAddress">The same on the initiator's bus, before any IOMMU region (case IO13); 0 for a walk fault.</param>
/// <param name="Kind">Kind of the access; an atomic read-modify-write reports <see cref="AccessKind.Store"/>.</param>
/// <param name="Result">The bus's answer; <see cref="AccessResult.Ok"/> for a walk fault.</param>
public readonly record struct TlbFault(int Code, ulong VirtualAddress, ulong PhysicalAddress, AccessKind Kind, AccessResult Result);
