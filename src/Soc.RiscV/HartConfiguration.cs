using Soc.Memory;
using Soc.Tlb;

namespace Soc.RiscV;

/// <summary>What a hart is built from.</summary>
public sealed record HartConfiguration
{
    /// <summary>mhartid.</summary>
    public ulong HartId { get; init; }

    /// <summary>Number of the hart among the SoC's initiators; also its requester id on the bus unless <see cref="Attributes"/> are given.</summary>
    public int InitiatorId { get; init; }

    /// <summary>Name from the topology.</summary>
    public string Name { get; init; } = "hart0";

    /// <summary>First instruction after reset.</summary>
    public ulong ResetVector { get; init; } = 0x1000;

    /// <summary>Cycles per second of the local clock; one instruction is one cycle.</summary>
    public ulong Frequency { get; init; } = 1_000_000_000;

    /// <summary>Ticks per second of the time CSR.</summary>
    public ulong TimebaseFrequency { get; init; } = 10_000_000;

    /// <summary>What the hart has beyond RV64IMAC_Zicsr_Zifencei_Zicntr.</summary>
    public Extensions Extensions { get; init; }

    /// <summary>WorldGuard parameters; the default is a hart without WorldGuard in a SoC of one world.</summary>
    public WorldGuardConfiguration WorldGuard { get; init; } = new();

    /// <summary>
    /// What transactions of U-mode, S-mode and M-mode carry, by number of the mode without the reserved one; the world is that of
    /// <see cref="WorldGuard"/> when the machine has several. Empty = the hart's number as requester, U-mode unprivileged.
    /// </summary>
    public IReadOnlyList<TransactionAttributes> Attributes { get; init; } = [];

    /// <summary>Shape and costs of the private TLB.</summary>
    public TlbConfiguration Tlb { get; init; } = new();

    /// <summary>Page walks set A and D bits (as with Svadu always on); otherwise a clear bit is a page fault (as with Svade).</summary>
    public bool HardwareAccessDirty { get; init; } = true;

    /// <summary>Leave the slice early when a loop only looks at memory and nothing changes.</summary>
    public bool YieldOnSpin { get; init; } = true;

    /// <summary>Decoded code pages kept, 36 KiB each, allocated as code is executed.</summary>
    public int DecodedPages { get; init; } = 512;
}
