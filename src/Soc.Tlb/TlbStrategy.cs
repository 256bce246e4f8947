namespace Soc.Tlb;

/// <summary>How IOMMU regions live in a TLB (softtlb.md section 4).</summary>
public enum TlbStrategy : byte
{
    /// <summary>C3: installed untranslated; translated when an access needs it, one result slot per kind.</summary>
    Deferred,
}
