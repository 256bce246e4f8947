namespace Soc.Iommu;

/// <summary>A first stage: how many levels, where, for whom.</summary>
/// <param name="Levels">0 for Bare, else 2 (Sv32) to 5 (Sv57).</param>
/// <param name="IsSv32">32-bit entries.</param>
/// <param name="Root">Page number of the root table; a guest page number when a second stage is active.</param>
/// <param name="Pscid">Process soft-context id.</param>
/// <param name="UserAccess">SUM: supervisor requests may read and write user pages.</param>
internal readonly record struct FirstStageMode(int Levels, bool IsSv32, ulong Root, uint Pscid, bool UserAccess)
{
    /// <summary>log2 of the bytes that addresses of the mode span.</summary>
    public int AddressBits => IsSv32 ? 32 : 12 + (9 * Levels);

    /// <summary>Levels of an iosatp mode; 0 for Bare, -1 for what does not exist here (sections 3.2 and 3.3).</summary>
    public static int LevelsOf(uint mode, bool sxl, IommuCapabilities capabilities) => (mode, sxl) switch
    {
        (0, _) => 0,
        (8, true) when capabilities.Sv32 => 2,
        (8, false) when capabilities.Sv39 => 3,
        (9, false) when capabilities.Sv48 => 4,
        (10, false) when capabilities.Sv57 => 5,
        _ => -1,
    };
}
