namespace Soc.Actors.Summary;

/// <summary>What the stale-translation sanitizer found.</summary>
public sealed record SanitizerSummary
{
    /// <summary>Accesses compared with an uncached walk and the checkers.</summary>
    public ulong Compared { get; init; }

    /// <summary>Differences that the architecture allows: inside an open window, or before a fence was due.</summary>
    public ulong Allowed { get; init; }

    /// <summary>Guest bugs, one for each pc and cause, in the order in which they were found.</summary>
    public IReadOnlyList<StaleUseSummary> Reports { get; init; } = [];

    /// <summary>Different guest bugs beyond those kept.</summary>
    public ulong Dropped { get; init; }

    /// <summary>Whether the guest wrote more memory than the sanitizer follows, so that bugs may be missed.</summary>
    public bool Partial { get; init; }
}
