namespace Soc.Actors.Summary;

/// <summary>What one hart did; virtual figures only, equal in two lockstep runs of the same seed.</summary>
public sealed record HartSummary
{
    /// <summary>Name from the topology.</summary>
    public required string Name { get; init; }

    /// <summary>Instructions retired.</summary>
    public ulong Instructions { get; init; }

    /// <summary>Local virtual time at the end, ns.</summary>
    public ulong VirtualTime { get; init; }

    /// <summary>Accesses that the TLB answered without a walk.</summary>
    public ulong TlbHits { get; init; }

    /// <summary>Accesses that found no usable entry.</summary>
    public ulong TlbMisses { get; init; }

    /// <summary>Page walks.</summary>
    public ulong Walks { get; init; }

    /// <summary>Chains of checkers resolved because an access needed it.</summary>
    public ulong LazyTranslations { get; init; }

    /// <summary>Kinds put back to "not translated yet" by invalidations.</summary>
    public ulong Rearms { get; init; }

    /// <summary>Accesses that a checker refused.</summary>
    public ulong Refused { get; init; }
}
