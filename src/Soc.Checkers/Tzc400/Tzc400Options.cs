namespace Soc.Checkers.Tzc400;

/// <summary>How a TZC-400 is built (arm-filters.md section 3.1).</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="AgentId">Dense number of the owning agent in the SoC.</param>
public sealed record Tzc400Options(string Name, int AgentId)
{
    /// <summary>Number of filter units, 1..4.</summary>
    public int Filters { get; init; } = 4;

    /// <summary>Address width in bits, 32..64; addresses beyond are refused.</summary>
    public int AddressBits { get; init; } = 40;

    /// <summary>Width in bits of the bus id in FAIL_ID, 1..24.</summary>
    public int BusIdBits { get; init; } = 24;

    /// <summary>What becomes of an access at a closed gate.</summary>
    public Tzc400ClosedGate ClosedGate { get; init; }

    /// <summary>
    /// Whether a refused read or fetch reaches the downstream, its data discarded, while SPECULATION_CTRL allows read speculation
    /// (section 3.6): a device with read side effects notices. Refused writes go out with all strobes off, which no device here can tell
    /// from nothing.
    /// </summary>
    public bool ShadowAccesses { get; init; }
}
