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

    /// <summary>Half of all pages have rights of their own in every checker and world, as in the reference's random test (section 4.8).</summary>
    public bool Dense { get; init; }

    /// <summary>Let accesses disagree with the oracle and count them: eager strategies.</summary>
    public bool Tolerant { get; init; }
}
