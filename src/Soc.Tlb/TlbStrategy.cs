namespace Soc.Tlb;

/// <summary>How IOMMU regions live in a TLB (softtlb.md section 4).</summary>
public enum TlbStrategy : byte
{
    /// <summary>C3: installed untranslated; translated when an access needs it, one result slot per kind.</summary>
    Deferred,

    /// <summary>C1: as <see cref="Deferred"/>, but one result slot per entry, which is translated again when the kind changes.</summary>
    DeferredSingleSlot,

    /// <summary>B: translated at fill for the kind of the access; another kind that the answer does not serve is a miss.</summary>
    PingPong,

    /// <summary>
    /// A: one translation at fill without a kind. Known to be wrong for checkers that refuse some kinds: the refused access
    /// reaches the permitted target and no sink hears of it.
    /// </summary>
    Eager,

    /// <summary>
    /// E: as <see cref="Eager"/>, with one blocked sink for the refused kinds. Known to name the wrong checker when two in
    /// series refuse different kinds.
    /// </summary>
    EagerSinks,

    /// <summary>D: nothing is cached; the chain is checked on every access. The reference, and the lower bound of speed.</summary>
    AllMmio,
}
