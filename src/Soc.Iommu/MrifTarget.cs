namespace Soc.Iommu;

/// <summary>Where an MSI goes whose PTE is in MRIF mode (RISC-V IOMMU 20260222, MSI page tables).</summary>
/// <param name="Address">Physical address of the 512-byte memory-resident interrupt file.</param>
/// <param name="NoticeId">The 11-bit number stored as notice.</param>
/// <param name="NoticeAddress">Physical address that receives the notice.</param>
public readonly record struct MrifTarget(ulong Address, uint NoticeId, ulong NoticeAddress);
