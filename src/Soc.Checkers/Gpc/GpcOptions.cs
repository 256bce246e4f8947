using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>
/// How the granule protection checks of a SoC are built: one instance for each initiator, with one register page each
/// (arm-filters.md section 4.10).
/// </summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="AgentId">Dense number of the owning agent in the SoC.</param>
/// <param name="Instances">Number of instances, 1..1024.</param>
public sealed record GpcOptions(string Name, int AgentId, int Instances)
{
    /// <summary>Physical address bits of the SoC: 32, 36, 40, 42, 44, 48 or 52. GPCCR.PPS must not ask for more.</summary>
    public int AddressBits { get; init; } = 48;

    /// <summary>Base-2 logarithm of the bytes for each level-0 entry, L0GPTSZ: 30, 34, 36 or 39.</summary>
    public int LevelZeroBits { get; init; } = 30;

    /// <summary>Whether GPI 0b1000 is defined; it is reserved without Secure EL2.</summary>
    public bool HasSecureEl2 { get; init; } = true;

    /// <summary>FEAT_RME_GPC2: SPAD, NSPAD, RLPAD, NSO and APPSAA exist.</summary>
    public bool HasGpc2 { get; init; } = true;

    /// <summary>The extension with SA and NSP, which give GPI 0b0100 and 0b0101 to requesters that are no harts.</summary>
    public bool HasGdi { get; init; } = true;

    /// <summary>
    /// CR0.ACCESSEN after reset. Harts need it set to fetch their first instruction; a DMA engine behind an SMMU starts with it clear.
    /// </summary>
    public Func<int, bool> AccessEnabledAtReset { get; init; } = _ => true;

    /// <summary>Writes of CR0 drop no cached verdict, as writes of GPCCR_EL3 do not; software must invalidate.</summary>
    public bool LazyControl { get; init; }

    /// <summary>Whether only accesses in the Root space reach the registers; others read 0 and write nothing.</summary>
    public bool RootOnlyRegisters { get; init; } = true;

    /// <summary>
    /// Physical address space and security state of each world id; worlds beyond the list are Non-secure. Null when transactions
    /// carry their space (<see cref="TransactionAttributes.Space"/>) themselves. This is the initiator table of section 4.10: with
    /// WorldGuard, the world of M-mode is Root.
    /// </summary>
    public IReadOnlyList<SecuritySpace>? SpaceOfWorld { get; init; }

    /// <summary>Attributes of the descriptor fetches: Root, which looks Secure on a bus with two states.</summary>
    public TransactionAttributes TableAttributes { get; init; } = TransactionAttributes.Specified.WithSpace(SecuritySpace.Root).WithSecure(true);

    /// <summary>Throws unless the combination is one that can be built.</summary>
    /// <exception cref="CheckerConfigurationException">A number is out of its range.</exception>
    internal void Validate()
    {
        if (Instances is < 1 or > 1024)
        {
            throw new CheckerConfigurationException($"checker '{Name}' has {Instances} instances; it must be 1 to 1024");
        }

        if (GpcConfiguration.AddressBitsCode(AddressBits) < 0)
        {
            throw new CheckerConfigurationException($"checker '{Name}' has {AddressBits} address bits; it must be 32, 36, 40, 42, 44, 48 or 52");
        }

        if (GpcConfiguration.LevelZeroCode(LevelZeroBits) < 0)
        {
            throw new CheckerConfigurationException($"checker '{Name}' has level-0 entries of 2^{LevelZeroBits} bytes; it must be 30, 34, 36 or 39");
        }
    }
}
