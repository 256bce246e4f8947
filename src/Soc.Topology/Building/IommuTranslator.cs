using Soc.Devices.Dma;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>The translations that a device behind an IOMMU keeps, as the device sees them.</summary>
/// <param name="iommu">Agent number of the IOMMU.</param>
/// <param name="entries">Translations kept.</param>
public sealed class IommuTranslator(int iommu, int entries) : IDmaTranslator
{
    /// <summary>Agent number of the IOMMU.</summary>
    public int Iommu { get; } = iommu;

    /// <summary>The translations kept.</summary>
    public DeviceTlb Tlb { get; } = new(entries);

    /// <summary>The sanitizer of the IOMMU; null when nothing is compared.</summary>
    public IommuSanitizer? Sanitizer { get; set; }

    /// <summary>An access of a device as an untranslated request.</summary>
    public static IommuRequest RequestOf(in DmaAccess access) => new(access.DeviceId, access.Address, access.Kind)
    {
        HasProcessId = access.HasProcessId,
        ProcessId = access.ProcessId,
        Supervisor = access.Supervisor,
    };

    /// <inheritdoc/>
    public DmaTranslation Translate(in DmaAccess access, out ulong address, out AccessKinds granted) =>
        Tlb.Translate(RequestOf(access), access.Ats, out address, out granted) switch
        {
            DeviceTlbResult.Found => DmaTranslation.Found,
            DeviceTlbResult.Ask => DmaTranslation.Ask,
            DeviceTlbResult.NoPermission => DmaTranslation.NoPermission,
            DeviceTlbResult.Consumed => DmaTranslation.Consumed,
            _ => DmaTranslation.Refused,
        };

    /// <inheritdoc/>
    public void Clear() => Tlb.Clear();

    /// <inheritdoc/>
    public void Reserve(int pages) => Tlb.Reserve(pages);

    /// <inheritdoc/>
    public void Cancel() => Tlb.Cancel();
}
