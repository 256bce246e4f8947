namespace Soc.Iommu;

/// <summary>Response codes of a Page Request Group Response.</summary>
public enum PageResponseCode : byte
{
    /// <summary>Success.</summary>
    Success = 0,

    /// <summary>Invalid Request.</summary>
    InvalidRequest = 1,

    /// <summary>Response Failure.</summary>
    ResponseFailure = 15,
}
