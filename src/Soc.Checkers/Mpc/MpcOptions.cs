namespace Soc.Checkers.Mpc;

/// <summary>How an MPC is built (arm-filters.md section 2.1).</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="AgentId">Dense number of the owning agent in the SoC.</param>
/// <param name="Size">Bytes behind the MPC, a multiple of <see cref="BlockSize"/>.</param>
public sealed record MpcOptions(string Name, int AgentId, ulong Size)
{
    /// <summary>Bytes of a block: a power of two from 32 to 1 MiB.</summary>
    public ulong BlockSize { get; init; } = 4096;

    /// <summary>CTRL.AUTOINC after reset; the SSE-200 manual's table says 0, QEMU 1.</summary>
    public bool AutoIncrementAtReset { get; init; } = true;

    /// <summary>INT_EN after reset; the SSE-200 manual's table says 0, QEMU 1.</summary>
    public bool InterruptEnabledAtReset { get; init; } = true;

    /// <summary>Whether CTRL has the gating request and acknowledge bits; else they read 0.</summary>
    public bool Gating { get; init; }
}
