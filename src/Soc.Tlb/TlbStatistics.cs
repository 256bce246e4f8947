namespace Soc.Tlb;

/// <summary>Counters of one private TLB (softtlb.md section 9); plain, owned by the initiator's actor.</summary>
public sealed record TlbStatistics
{
    /// <summary>Accesses, or parts of page-crossing ones, that left the fast path.</summary>
    public ulong Slow { get; set; }

    /// <summary>Accesses that found no usable entry in main or victim table.</summary>
    public ulong Misses { get; set; }

    /// <summary>Those of them that were loads or stores.</summary>
    public ulong DataMisses { get; set; }

    /// <summary>Page walks.</summary>
    public ulong Walks { get; set; }

    /// <summary>Page-table entries read by walks.</summary>
    public ulong WalkReads { get; set; }

    /// <summary>Entries brought back from the victim table.</summary>
    public ulong VictimHits { get; set; }

    /// <summary>Lazy translations: chains resolved because a kind was not translated yet.</summary>
    public ulong LazyTranslations { get; set; }

    /// <summary>Kinds translated again because their room had gone to another kind (single-slot strategy).</summary>
    public ulong ContentSwitches { get; set; }

    /// <summary>Chains given up because they pass more than <see cref="Soc.Memory.TranslationChain.MaximumDepth"/> regions.</summary>
    public ulong ChainsTooDeep { get; set; }

    /// <summary>Translates summed over IOMMU regions.</summary>
    public ulong Translates { get; set; }

    /// <summary>Accesses to pages that are translated every time (sub-page granule, second addend, several sections).</summary>
    public ulong Uncached { get; set; }

    /// <summary>Stores that found their page clean for some client of its dirty map.</summary>
    public ulong NotDirty { get; set; }

    /// <summary>Accesses that touched a watched range.</summary>
    public ulong Watched { get; set; }

    /// <summary>Changes of a table's size.</summary>
    public ulong Resizes { get; set; }

    /// <summary>Accesses executed by a callback: a device, a blocked sink, or a checker under the all-MMIO strategy.</summary>
    public ulong Devices { get; set; }

    /// <summary>Accesses executed by a blocked sink: refused accesses.</summary>
    public ulong Refused { get; set; }

    /// <summary>Kinds that would have needed a second host addend.</summary>
    public ulong SecondAddends { get; set; }

    /// <summary>Re-arm requests processed.</summary>
    public ulong Rearms { get; set; }

    /// <summary>Kinds put back to "not translated yet".</summary>
    public ulong RearmedKinds { get; set; }

    /// <summary>Entries looked at by re-arms.</summary>
    public ulong RearmScanned { get; set; }

    /// <summary>Contexts flushed.</summary>
    public ulong Flushes { get; set; }

    /// <summary>Contexts that a flush found unused.</summary>
    public ulong ElidedFlushes { get; set; }

    /// <summary>Single pages flushed.</summary>
    public ulong PageFlushes { get; set; }
}
