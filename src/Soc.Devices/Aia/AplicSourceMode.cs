namespace Soc.Devices.Aia;

/// <summary>What an interrupt source's wire means: the SM field of sourcecfg (RISC-V AIA 1.0, table 4.2).</summary>
public enum AplicSourceMode : byte
{
    /// <summary>Inactive in this domain.</summary>
    Inactive = 0,

    /// <summary>Active, but the wire is not connected: pending by software only.</summary>
    Detached = 1,

    /// <summary>A rising edge asserts.</summary>
    RisingEdge = 4,

    /// <summary>A falling edge asserts.</summary>
    FallingEdge = 5,

    /// <summary>Asserted while high.</summary>
    HighLevel = 6,

    /// <summary>Asserted while low.</summary>
    LowLevel = 7,
}
