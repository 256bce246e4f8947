namespace Soc.Tlb.Tests.Properties;

/// <summary>How a scenario is run.</summary>
public sealed record Variant(TlbConfiguration Configuration)
{
    /// <summary>Leave checkers out altogether.</summary>
    public bool NoCheckers { get; init; }

    /// <summary>Never change a checker: everything stays allowed.</summary>
    public bool AllowAll { get; init; }

    /// <summary>No probes, atomics and second addends, for comparisons of counters (P10).</summary>
    public bool Plain { get; init; }

    /// <summary>Every flush becomes a flush of everything (P11).</summary>
    public bool CoarseFlushes { get; init; }

    /// <summary>Flushes and re-arms nobody asked for (P12).</summary>
    public bool Spurious { get; init; }

    /// <summary>Probes nobody asked for (P13).</summary>
    public bool Probes { get; init; }

    /// <summary>Other values are stored (P9).</summary>
    public ulong DataMask { get; init; }

    /// <summary>Check the entries after every operation (P3..P8, P18).</summary>
    public bool CheckEntries { get; init; } = true;
}
