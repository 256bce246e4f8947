namespace Soc.Actors.Summary;

/// <summary>What one IOMMU did.</summary>
public sealed record IommuSummary
{
    /// <summary>Name from the topology.</summary>
    public required string Name { get; init; }

    /// <summary>Requests that devices could not answer from what they keep.</summary>
    public ulong Requests { get; init; }

    /// <summary>Requests answered from the IOTLB.</summary>
    public ulong Hits { get; init; }

    /// <summary>Requests that walked page tables.</summary>
    public ulong Misses { get; init; }

    /// <summary>Requests that faulted.</summary>
    public ulong Faults { get; init; }

    /// <summary>Memory reads of a walk: the 99th percentile.</summary>
    public ulong ReadsP99 { get; init; }

    /// <summary>Commands executed.</summary>
    public ulong Commands { get; init; }

    /// <summary>Invalidations and drains sent to devices.</summary>
    public ulong Sent { get; init; }

    /// <summary>Acknowledgements that came back.</summary>
    public ulong Acknowledged { get; init; }

    /// <summary>IOFENCE.C commands completed.</summary>
    public ulong Fences { get; init; }

    /// <summary>Telling devices of an invalidation to the last acknowledgement: median, virtual ns.</summary>
    public ulong InvalidationP50 { get; init; }

    /// <summary>The same: 99th percentile, virtual ns.</summary>
    public ulong InvalidationP99 { get; init; }

    /// <summary>An IOFENCE.C fetched to its completion: median, virtual ns.</summary>
    public ulong FenceP50 { get; init; }

    /// <summary>The same: 99th percentile, virtual ns.</summary>
    public ulong FenceP99 { get; init; }

    /// <summary>Copies that devices dropped because they were told to.</summary>
    public ulong CopiesDropped { get; init; }

    /// <summary>Answers that devices did not keep because an invalidation came first (race R4).</summary>
    public ulong AnswersDiscarded { get; init; }
}
