namespace Soc.Iommu;

/// <summary>What an IOMMU has done since it was built.</summary>
/// <param name="Requests">Requests translated or refused.</param>
/// <param name="Hits">Requests answered from the translation cache.</param>
/// <param name="Misses">Requests that walked page tables.</param>
/// <param name="Faults">Requests that faulted, logged or not.</param>
/// <param name="Reads">Reads of directories, page tables and MSI page tables.</param>
/// <param name="Commands">Commands executed.</param>
/// <param name="EntriesDropped">Cached translations dropped by invalidations.</param>
/// <param name="FillsDropped">Walks that were not cached because an invalidation was executed meanwhile (race R4).</param>
public readonly record struct IommuStatistics(
    ulong Requests, ulong Hits, ulong Misses, ulong Faults, ulong Reads, ulong Commands, ulong EntriesDropped, ulong FillsDropped);
