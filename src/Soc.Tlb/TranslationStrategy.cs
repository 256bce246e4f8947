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
        TlbStrategy.DeferredSingleSlot => new SingleSlotStrategy(),
        TlbStrategy.PingPong => new PingPongStrategy(),
        TlbStrategy.Eager => new EagerStrategy(keepSink: false),
        TlbStrategy.EagerSinks => new EagerStrategy(keepSink: true),
        TlbStrategy.AllMmio => new AllMmioStrategy(),
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };

    /// <summary>
    /// An access needs a translation of its kind now (rules L1..V1): the first one after a fill or a re-arm, or one whose kept
    /// result is gone or no longer current. The entry was installed with every granted kind armed.
    /// </summary>
    /// <param name="tlb">The TLB.</param>
    /// <param name="context">Tables of the context.</param>
    /// <param name="slot">The entry.</param>
    /// <param name="virtualAddress">First byte of the access.</param>
    /// <param name="kind">Kind of the access.</param>
    public abstract AccessResult Translate(SoftTlb tlb, TlbContext context, int slot, ulong virtualAddress, AccessKind kind);
}
