namespace Soc.Checkers.Gpc;

/// <summary>How a granule protection check ended (arm-filters.md section 4.7); the value is bits 5:2 of GPCSC.</summary>
public enum GpcFaultKind : byte
{
    /// <summary>The level-0 table lies beyond the protected address size.</summary>
    AddressSize = 0b0000,

    /// <summary>A register or descriptor holds a reserved value.</summary>
    Walk = 0b0001,

    /// <summary>Granule protection fault (GPF): the memory does not belong to the space of the access.</summary>
    GranuleProtection = 0b0011,

    /// <summary>The bus answered the fetch of a descriptor with an error.</summary>
    ExternalAbort = 0b0101,

    /// <summary>No fault; not a value of GPCSC.</summary>
    None = 0xFF,
}
