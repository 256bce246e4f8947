namespace Soc.Iommu.Caches;

/// <summary>A valid MSI PTE, decoded (riscv-iommu.md section 6).</summary>
/// <param name="Location">Physical address of the PTE.</param>
/// <param name="Gscid">Guest of the device that used it.</param>
/// <param name="GuestPage">Guest page number of the interrupt file.</param>
/// <param name="Target">Physical address of the page that takes the MSI, in basic mode.</param>
/// <param name="Mrif">The memory-resident interrupt file, in MRIF mode.</param>
internal sealed record MsiEntry(ulong Location, ushort Gscid, ulong GuestPage, ulong Target, MrifTarget? Mrif);
