namespace Soc.Tlb;

/// <summary>Shape and costs of one private TLB.</summary>
public sealed record TlbConfiguration
{
    /// <summary>Number of contexts (QEMU: mmu indexes), 1..64.</summary>
    public int Contexts { get; init; } = 8;

    /// <summary>Log2 of the direct-mapped entries per context, 1..16; the size after construction when <see cref="Resizing"/> is set.</summary>
    public int Log2Entries { get; init; } = 8;

    /// <summary>Entries of the fully associative victim table per context, 0..64.</summary>
    public int VictimEntries { get; init; } = 8;

    /// <summary>How IOMMU regions live in the TLB.</summary>
    public TlbStrategy Strategy { get; init; } = TlbStrategy.Deferred;

    /// <summary>What happens when one entry would need a second host addend.</summary>
    public SecondAddendPolicy SecondAddend { get; init; } = SecondAddendPolicy.Degrade;

    /// <summary>What <see cref="SoftTlb.Invalidate"/> does to entries that hold answers of the changed checker.</summary>
    public InvalidationGranularity Invalidation { get; init; } = InvalidationGranularity.Rearm;

    /// <summary>
    /// Compares every cached answer with the snapshots it was made from at every use, for all checkers (level G3); else only
    /// for those whose <see cref="Soc.Memory.IommuRegion.IsStrict"/> says so. Costs the fast path of pages behind checkers.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Lets tables grow and shrink; null keeps them as they are.</summary>
    public TlbResizing? Resizing { get; init; }

    /// <summary>Cycles for each page-table entry read by a walk.</summary>
    public uint WalkReadCost { get; init; } = 10;

    /// <summary>Cycles for each translate of an IOMMU region.</summary>
    public uint TranslateCost { get; init; } = 4;

    /// <summary>Cycles for each device access, sinks included.</summary>
    public uint DeviceCost { get; init; } = 20;
}
