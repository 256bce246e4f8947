namespace Soc.Actors.Summary;

/// <summary>What one checker did.</summary>
public sealed record CheckerSummary
{
    /// <summary>Name from the topology.</summary>
    public required string Name { get; init; }

    /// <summary>Configurations made visible.</summary>
    public ulong Commits { get; init; }

    /// <summary>Invalidations sent, one for each initiator concerned.</summary>
    public ulong InvalidationsSent { get; init; }

    /// <summary>Invalidations acknowledged.</summary>
    public ulong InvalidationsAcknowledged { get; init; }

    /// <summary>Median time from a commit to its last acknowledgement, virtual ns.</summary>
    public ulong LatencyP50 { get; init; }

    /// <summary>99th percentile of it, virtual ns.</summary>
    public ulong LatencyP99 { get; init; }

    /// <summary>Longest, virtual ns.</summary>
    public ulong LatencyMaximum { get; init; }

    /// <summary>Accesses refused.</summary>
    public ulong Refused { get; init; }
}
