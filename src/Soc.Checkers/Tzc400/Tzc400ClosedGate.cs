namespace Soc.Checkers.Tzc400;

/// <summary>What becomes of an access at a closed gate (arm-filters.md section 3.4). None of them is a failure, none is recorded.</summary>
public enum Tzc400ClosedGate : byte
{
    /// <summary>Reads give zero, writes are dropped, both with an OKAY response.</summary>
    RazWi,

    /// <summary>A decode error of the bus.</summary>
    DecErr,

    /// <summary>
    /// The access waits until the gate opens, as in hardware. Regions behind such a controller are at most
    /// <see cref="Tzc400Port.LargestStallingSize"/> bytes.
    /// </summary>
    Stall,
}
