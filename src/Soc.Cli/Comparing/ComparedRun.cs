using Soc.Actors;
using Soc.Actors.Summary;
using Soc.Topology;

namespace Soc.Cli.Comparing;

/// <summary>What one run of a comparison came to.</summary>
internal sealed record ComparedRun
{
    /// <summary>Strategy, as the topology language says it.</summary>
    public required string Strategy { get; init; }

    /// <summary>Guarantee level; "mixed" when the checkers have different ones.</summary>
    public required string Guarantee { get; init; }

    /// <summary>Granularity of invalidations.</summary>
    public required string Invalidation { get; init; }

    /// <summary>Why the run ended.</summary>
    public required string Outcome { get; init; }

    /// <summary>Exit code of the run: the guest's, 0 for pass.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Page walks of all harts and DMA engines.</summary>
    public required ulong Walks { get; init; }

    /// <summary>Translates summed over checkers.</summary>
    public required ulong Translates { get; init; }

    /// <summary>Accesses that left the fast path.</summary>
    public required ulong Slow { get; init; }

    /// <summary>Accesses executed by a callback: devices, blocked sinks, checkers under the all-MMIO strategy.</summary>
    public required ulong Sink { get; init; }

    /// <summary>Wrong results that the guest reported at the study port; null when it reported no window.</summary>
    public required ulong? Wrong { get; init; }

    /// <summary>Invalidations and their acknowledgements.</summary>
    public required ulong Messages { get; init; }

    /// <summary>Virtual time at the end, ns.</summary>
    public required ulong VirtualTime { get; init; }

    /// <summary>Windows that the guest had measured.</summary>
    public required IReadOnlyList<StudyWindow> Windows { get; init; }

    /// <summary>What depends on the host.</summary>
    public required ComparedHost Host { get; init; }

    public static ComparedRun Of(SocTopology topology, RunResult run)
    {
        RunSummary summary = run.Summary;
        string[] levels = [.. topology.Checkers.Select(checker => TopologyWords.Of(topology.GuaranteeOf(checker))).Distinct()];
        return new ComparedRun
        {
            Strategy = TopologyWords.Of(topology.Strategy),
            Guarantee = levels.Length switch { 0 => TopologyWords.Of(topology.Guarantee), 1 => levels[0], _ => "mixed" },
            Invalidation = TopologyWords.Of(topology.Invalidation),
            Outcome = summary.Outcome,
            ExitCode = summary.ExitCode,
            Walks = summary.Tlbs.Walks,
            Translates = summary.Tlbs.Translates,
            Slow = summary.Tlbs.Slow,
            Sink = summary.Tlbs.Sink,
            Wrong = summary.Studies.Count == 0 ? null : summary.Studies.Aggregate(0UL, (sum, window) => sum + window.Wrong),
            Messages = summary.Checkers.Aggregate(0UL, (sum, checker) => sum + checker.InvalidationsSent + checker.InvalidationsAcknowledged),
            VirtualTime = summary.VirtualTime,
            Windows = summary.Studies,
            Host = new ComparedHost(summary.Host.WallSeconds),
        };
    }
}
