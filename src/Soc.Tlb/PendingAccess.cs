using Soc.Memory;

namespace Soc.Tlb;

/// <summary>An access that stopped at registers owned by another actor.</summary>
/// <param name="Region">The registers.</param>
/// <param name="Access">The access as the owner will see it.</param>
/// <param name="Value">What a store writes; 0 for a load.</param>
public readonly record struct PendingAccess(RemoteRegion Region, BusAccess Access, ulong Value);
