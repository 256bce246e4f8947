namespace Soc.Iommu;

/// <summary>Outcome of an access that the IOMMU makes for itself.</summary>
public enum IommuBusResult : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>Refused by PMA, PMP or a checker, or nothing answers there.</summary>
    Refused,

    /// <summary>The data read is marked as corrupted.</summary>
    Poisoned,
}
