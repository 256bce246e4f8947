namespace Soc.Iommu;

/// <summary>What a <see cref="DeviceTlb"/> says to an access.</summary>
public enum DeviceTlbResult : byte
{
    /// <summary>Translated.</summary>
    Found,

    /// <summary>The IOMMU must be asked: <see cref="DeviceTlb.Pending"/>; then the access is tried again.</summary>
    Ask,

    /// <summary>The IOMMU refused the access: a bus error.</summary>
    Refused,

    /// <summary>ATS: the IOMMU translated, but grants not what the access needs; a page request may help.</summary>
    NoPermission,

    /// <summary>The IOMMU has taken the store over: it went to a memory-resident interrupt file.</summary>
    Consumed,
}
