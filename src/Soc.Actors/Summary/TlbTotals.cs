namespace Soc.Actors.Summary;

/// <summary>TLB counters summed over all harts and DMA engines (softtlb.md section 9).</summary>
public sealed record TlbTotals
{
    /// <summary>Page walks.</summary>
    public ulong Walks { get; init; }

    /// <summary>Translates summed over checkers; checks under the all-MMIO strategy.</summary>
    public ulong Translates { get; init; }

    /// <summary>Accesses, or parts of page-crossing ones, that left the fast path.</summary>
    public ulong Slow { get; init; }

    /// <summary>Accesses executed by a callback: a device, a blocked sink, or a checker under the all-MMIO strategy.</summary>
    public ulong Sink { get; init; }

    /// <summary>Accesses that a checker refused.</summary>
    public ulong Refused { get; init; }
}
