namespace Soc.Memory;

/// <summary>The answer of one <see cref="IommuRegion.Translate"/> (softtlb.md section 2.1).</summary>
/// <param name="Target">The address space in which the access continues: downstream or blocked sink.</param>
/// <param name="Address">Translated base; the result is (Address and not Mask) or (offset and Mask).</param>
/// <param name="Mask">Size minus one of the naturally aligned block of offsets for which the answer holds; all ones means everything.</param>
/// <param name="Permissions">The kinds for which this same answer (same target, same translation) is valid; not what software may do.</param>
public readonly record struct IommuTranslation(AddressSpace Target, ulong Address, ulong Mask, AccessKinds Permissions)
{
    /// <summary>Where an offset in the IOMMU region lands in <see cref="Target"/>.</summary>
    public ulong Apply(ulong offset) => (Address & ~Mask) | (offset & Mask);
}
