using Soc.Memory;

namespace Soc.Tlb;

/// <summary>The result of one kind (rule K1): where accesses of this kind go.</summary>
internal struct TlbSlot
{
    /// <summary>State of the kind.</summary>
    public KindState State;

    /// <summary>The section at the end of the chain; null while armed, disabled or uncached.</summary>
    public Section? Section;

    /// <summary>Offset in the section's leaf of the page's first byte.</summary>
    public ulong Offset;

    /// <summary>Bit (owner and 63) of every IOMMU region on the way.</summary>
    public ulong Owners;

    /// <summary>The last IOMMU region on the way.</summary>
    public IommuRegion? Last;
}
