namespace Soc.Memory;

/// <summary>
/// A region that forwards to another address space: a checker's port or an IOMMU (softtlb.md section 2).
/// </summary>
/// <remarks>
/// <see cref="Translate"/> is free of side effects and reads one immutable snapshot, once, with a volatile read: it is
/// called by every initiator at any time, also while the owner commits a new configuration. A refusal is recorded only
/// when an access is executed on the blocked sink.
/// </remarks>
/// <param name="name">Name for people.</param>
/// <param name="size">Bytes; 0 stands for 2^64.</param>
/// <param name="owner">Number of the owning agent (the checker) in the SoC.</param>
public abstract class IommuRegion(string name, ulong size, int owner) : MemoryRegion(name, size)
{
    /// <summary>Number of the owning agent in the SoC; several ports of one checker share it.</summary>
    public int Owner { get; } = owner;

    /// <summary>How many indices <see cref="IndexOf"/> can give, at most 64.</summary>
    public abstract int IndexCount { get; }

    /// <summary>Who must hear of changes; shared by all regions of one owner.</summary>
    public abstract InvalidationRegistry Registry { get; }

    /// <summary>The current configuration object; a cached answer is fresh while this reference is still the same (softtlb.md 5.4).</summary>
    public abstract object Snapshot { get; }

    /// <summary>How an atomic read-modify-write behaves when one half is refused.</summary>
    public virtual AtomicPolicy AtomicPolicy => AtomicPolicy.Refuse;

    /// <summary>
    /// Whether a store-conditional that is refused without a bus error reports success, as an ordinary store would; else it reports
    /// failure. It stores nothing either way.
    /// </summary>
    public virtual bool RefusedConditionalReportsSuccess => false;

    /// <summary>
    /// Whether a cached answer must be compared with <see cref="Snapshot"/> at every use, so that no access that starts after a
    /// commit sees the old configuration (guarantee level "strict", softtlb.md section 5.3, G3).
    /// </summary>
    public virtual bool IsStrict => false;

    /// <summary>
    /// Where an answer that was kept may still lead, at the offset of the access, although <see cref="Translate"/> now refuses: regions
    /// whose rules are tables in memory, which software changes first and invalidates later. Null when every change is announced.
    /// </summary>
    public virtual AddressSpace? LastingTarget => null;

    /// <inheritdoc/>
    public override bool Terminates => true;

    /// <summary>The pure function from attributes to index: transactions of equal index are translated identically.</summary>
    public abstract int IndexOf(TransactionAttributes attributes);

    /// <summary>Translates one offset for one kind. Never null target; free of side effects.</summary>
    /// <param name="offset">Offset in this region.</param>
    /// <param name="kind">The kind of the access.</param>
    /// <param name="index">Result of <see cref="IndexOf"/>.</param>
    public abstract IommuTranslation Translate(ulong offset, AccessKind kind, int index);

    /// <summary>
    /// One verdict for an access that crosses a granule of this region, for checkers that judge (address, length) as a whole:
    /// the partial-hit rule of IOPMP. Free of side effects; asked only when one <see cref="Translate"/> does not cover the access.
    /// </summary>
    /// <param name="offset">Offset in this region of the first byte.</param>
    /// <param name="length">Bytes of the access.</param>
    /// <param name="kind">The kind of the access.</param>
    /// <param name="index">Result of <see cref="IndexOf"/>.</param>
    /// <returns>The answer for all bytes, or null: the access is split at the granule and each piece has its own verdict.</returns>
    public virtual IommuTranslation? TranslateSpan(ulong offset, ulong length, AccessKind kind, int index) => null;
}
