namespace Soc.Iommu;

/// <summary>What a <see cref="DeviceTlb"/> has done since it was built.</summary>
/// <param name="Hits">Look-ups answered from copies.</param>
/// <param name="Asked">Questions to the IOMMU.</param>
/// <param name="Refused">Accesses that the IOMMU refused.</param>
/// <param name="Discarded">Answers not kept because an invalidation that was executed after their walk came first (race R4).</param>
/// <param name="Evicted">Copies that made room for others.</param>
/// <param name="Scanned">Copies that invalidations looked at.</param>
/// <param name="Dropped">Copies that invalidations dropped.</param>
public readonly record struct DeviceTlbStatistics(
    ulong Hits, ulong Asked, ulong Refused, ulong Discarded, ulong Evicted, ulong Scanned, ulong Dropped);
