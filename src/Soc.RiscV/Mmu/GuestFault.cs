using Soc.Memory;

namespace Soc.RiscV.Mmu;

/// <summary>What a guest page fault reports beside the guest virtual address.</summary>
/// <param name="Address">The guest physical address that the second stage refused.</param>
/// <param name="Implicit">The kind of the access if the first stage made it to its tables; null when it was the access itself.</param>
internal readonly record struct GuestFault(ulong Address, AccessKind? Implicit);
