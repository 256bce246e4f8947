namespace Soc.Checkers.Gpc;

/// <summary>What ROOT_TLBI asks for (arm-filters.md sections 4.8 and 4.10); bits 63:60 of the register.</summary>
public enum GpcOperation : byte
{
    /// <summary>TLBI PAALL: everything of this instance.</summary>
    AllLocal = 0,

    /// <summary>TLBI PAALLOS: everything of all instances.</summary>
    All = 1,

    /// <summary>TLBI RPAOS: a range in all instances, every level of the tables.</summary>
    Range = 2,

    /// <summary>TLBI RPALOS: a range in all instances, last level only. As no level is kept by itself, the same as <see cref="Range"/>.</summary>
    RangeLastLevel = 3,
}
