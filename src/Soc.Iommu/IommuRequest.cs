using Soc.Memory;

namespace Soc.Iommu;

/// <summary>One inbound transaction of a device.</summary>
/// <param name="DeviceId">Device id, 24 bits.</param>
/// <param name="Iova">The address as the device gave it.</param>
/// <param name="Kind">Load, store (or AMO), fetch (read for execute; for a translation request: execute requested).</param>
public readonly record struct IommuRequest(uint DeviceId, ulong Iova, AccessKind Kind)
{
    /// <summary>Untranslated, translated, or a translation request.</summary>
    public IommuAddressType AddressType { get; init; }

    /// <summary>Whether <see cref="ProcessId"/> is meant.</summary>
    public bool HasProcessId { get; init; }

    /// <summary>Process id (PASID), 20 bits.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Supervisor privilege; counts only together with a process id.</summary>
    public bool Supervisor { get; init; }

    /// <summary>NW of a translation request: the device will not write.</summary>
    public bool NoWrite { get; init; }

    /// <summary>The device is a CXL device; only the CXL.io bit of answers to translation requests depends on it.</summary>
    public bool IsCxl { get; init; }

    /// <summary>TTYP of a fault record for this request.</summary>
    public IommuTransactionType TransactionType => AddressType switch
    {
        IommuAddressType.TranslationRequest => IommuTransactionType.TranslationRequest,
        IommuAddressType.Translated => Kind switch
        {
            AccessKind.Store => IommuTransactionType.TranslatedWrite,
            AccessKind.Fetch when HasProcessId => IommuTransactionType.TranslatedExecute,
            _ => IommuTransactionType.TranslatedRead,
        },
        _ => Kind switch
        {
            AccessKind.Store => IommuTransactionType.UntranslatedWrite,
            AccessKind.Fetch => IommuTransactionType.UntranslatedExecute,
            _ => IommuTransactionType.UntranslatedRead,
        },
    };
}
