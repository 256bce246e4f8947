namespace Soc.Actors.Exploration;

/// <summary>What a search over schedules found.</summary>
public sealed record ExplorationResult
{
    /// <summary>Seeds that passed before the first that failed.</summary>
    public ulong Passed { get; init; }

    /// <summary>Runs that it took to find the failure, or to pass all seeds.</summary>
    public ulong Runs { get; init; }

    /// <summary>The lowest seed that failed; null when none did.</summary>
    public ulong? FailingSeed { get; init; }

    /// <summary>How the failing run ended.</summary>
    public RunEnd? Failure { get; init; }

    /// <summary>Virtual time at which the failing run ended, ns.</summary>
    public ulong FailedAt { get; init; }

    /// <summary>
    /// The shortest prefix that still fails: the seed needs to decide only what is open before this virtual time, ns. 0 when the plain
    /// order fails as well.
    /// </summary>
    public ulong SeedUntil { get; init; } = ulong.MaxValue;

    /// <summary>Virtual time at which the shrunk run ends, ns.</summary>
    public ulong ShrunkFailedAt { get; init; }

    /// <summary>Runs that shrinking took.</summary>
    public int ShrinkRuns { get; init; }

    /// <summary>Somebody interrupted the search.</summary>
    public bool Interrupted { get; init; }
}
