namespace Soc.Actors.Summary;

/// <summary>What a guest had measured between two marks at the study port (softtlb.md section 4.8).</summary>
public sealed record StudyWindow
{
    /// <summary>What the guest calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose accesses were counted.</summary>
    public required string Initiator { get; init; }

    /// <summary>Page walks.</summary>
    public ulong Walks { get; init; }

    /// <summary>Translates summed over checkers; checks under the all-MMIO strategy.</summary>
    public ulong Translates { get; init; }

    /// <summary>Accesses that left the fast path.</summary>
    public ulong Slow { get; init; }

    /// <summary>Accesses executed by a callback: a device, a blocked sink, or a checker under the all-MMIO strategy.</summary>
    public ulong Sink { get; init; }

    /// <summary>Accesses that a checker refused.</summary>
    public ulong Refused { get; init; }

    /// <summary>Results that the guest found to be wrong.</summary>
    public ulong Wrong { get; init; }

    /// <summary>Virtual time between the marks, ns.</summary>
    public ulong VirtualTime { get; init; }
}
