namespace Soc.Devices;

/// <summary>What the guest asked the test finisher for.</summary>
public enum FinishKind : byte
{
    /// <summary>End the simulation: success.</summary>
    Pass,

    /// <summary>End the simulation: failure with a code.</summary>
    Fail,

    /// <summary>Reset the SoC.</summary>
    Reset,
}
