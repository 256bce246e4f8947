using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// The seam between the TLB's mechanics and the ways in which IOMMU regions can live in it (softtlb.md section 4). Only
/// the slow path calls it.
/// </summary>
internal abstract class TranslationStrategy
{
    /// <summary>The strategy of a name.</summary>
    public static TranslationStrategy Create(TlbStrategy strategy) => strategy switch
    {
        TlbStrategy.Deferred => new DeferredStrategy(),
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };

    /// <summary>A page in front of an IOMMU region was just installed, every granted kind armed.</summary>
    /// <param name="tlb">The TLB.</param>
    /// <param name="context">Tables of the context.</param>
    /// <param name="slot">The entry.</param>
    /// <param name="virtualAddress">The access that caused the fill.</param>
    /// <param name="kind">Its kind.</param>
    public abstract void OnFill(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind);

    /// <summary>An access of an armed kind needs its translation now (rules L1..V1).</summary>
    public abstract AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind);
}
