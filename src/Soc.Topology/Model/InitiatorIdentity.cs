using Soc.Memory;

namespace Soc.Topology;

/// <summary>What an initiator's transactions carry beside the world of a machine with WorldGuard: how checkers know it.</summary>
public sealed record InitiatorIdentity
{
    /// <summary>Requester id (RRID, bus id), 24 bits; null = the initiator's agent number.</summary>
    public uint? Requester { get; init; }

    /// <summary>What each further channel of a DMA engine adds to the requester id.</summary>
    public uint RequesterStride { get; init; }

    /// <summary>NSAID, 0..15, and VNET in the upper four bits; null = 0, or the world of a machine with WorldGuard.</summary>
    public byte? AccessId { get; init; }

    /// <summary>Security space of M-mode, or of a DMA engine; null = none is said: Non-secure for filters that know one bit.</summary>
    public SecuritySpace? Security { get; init; }

    /// <summary>Security space of S-mode; null as above.</summary>
    public SecuritySpace? SupervisorSecurity { get; init; }

    /// <summary>Security space of U-mode; null as above.</summary>
    public SecuritySpace? UserSecurity { get; init; }

    /// <summary>Whether a DMA engine's transactions are unprivileged.</summary>
    public bool IsUnprivileged { get; init; }
}
