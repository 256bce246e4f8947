namespace Soc.Iommu;

/// <summary>Messages that the IOMMU sends to PCIe functions; the values are PCIe message codes.</summary>
public enum AtsMessageKind : byte
{
    /// <summary>Invalidate Request.</summary>
    InvalidateRequest = 1,

    /// <summary>Page Request Group Response.</summary>
    PageRequestGroupResponse = 5,
}
