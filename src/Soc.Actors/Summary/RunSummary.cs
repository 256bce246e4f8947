namespace Soc.Actors.Summary;

/// <summary>What a run came to. All but <see cref="Host"/> is equal, byte for byte, in two lockstep runs of the same recipe.</summary>
public sealed record RunSummary
{
    /// <summary>Name of the SoC.</summary>
    public required string Soc { get; init; }

    /// <summary>lockstep, lockstep parallel or free.</summary>
    public required string Mode { get; init; }

    /// <summary>Window of virtual time, ns; 0 in free mode.</summary>
    public ulong Quantum { get; init; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Why the run ended, one clause: "the guest passed", "interrupted", "time limit reached".</summary>
    public required string Outcome { get; init; }

    /// <summary>Exit code of the run: the guest's, 0 for pass.</summary>
    public int ExitCode { get; init; }

    /// <summary>Virtual time at the end, ns.</summary>
    public ulong VirtualTime { get; init; }

    /// <summary>Most that a message arrived late, ns: the skew of a quantum longer than the shortest link.</summary>
    public ulong MaximumSkew { get; init; }

    /// <summary>Harts in order of their ids.</summary>
    public IReadOnlyList<HartSummary> Harts { get; init; } = [];

    /// <summary>Checkers in the order of the topology.</summary>
    public IReadOnlyList<CheckerSummary> Checkers { get; init; } = [];

    /// <summary>DMA engines in the order of the topology.</summary>
    public IReadOnlyList<DmaSummary> DmaEngines { get; init; } = [];

    /// <summary>IOMMUs in the order of the topology.</summary>
    public IReadOnlyList<IommuSummary> Iommus { get; init; } = [];

    /// <summary>Injected faults, in the order of the topology and the command line.</summary>
    public IReadOnlyList<FaultSummary> Faults { get; init; } = [];

    /// <summary>What the stale-translation sanitizer found; null when it was off.</summary>
    public SanitizerSummary? Sanitizer { get; init; }

    /// <summary>How translating regions live in the TLBs.</summary>
    public string Strategy { get; init; } = string.Empty;

    /// <summary>TLB counters of everybody together.</summary>
    public TlbTotals Tlbs { get; init; } = new();

    /// <summary>What guests have measured at the study port, initiator by initiator.</summary>
    public IReadOnlyList<StudyWindow> Studies { get; init; } = [];

    /// <summary>What depends on the host.</summary>
    public HostSummary Host { get; init; } = new();
}
