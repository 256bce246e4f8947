namespace Soc.Iommu;

/// <summary>How the IOMMU answers a request.</summary>
public enum IommuStatus : byte
{
    /// <summary>Translated; for a translation request perhaps without any permission.</summary>
    Success = 0,

    /// <summary>Refused: Unsupported Request on PCIe, an error response on other buses.</summary>
    UnsupportedRequest = 1,

    /// <summary>Refused translation request: Completer Abort.</summary>
    CompleterAbort = 4,
}
