namespace Soc.Checkers.WorldGuard;

/// <summary>How a wgChecker is built (worldguard.md sections 3 and 6).</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="AgentId">Dense number of the owning agent in the SoC.</param>
/// <param name="Slots">NSLOTS, 1..126.</param>
/// <param name="WorldGuard">The SoC's WorldGuard facts.</param>
public sealed record WorldGuardCheckerOptions(string Name, int AgentId, int Slots, WorldGuardConfiguration WorldGuard)
{
    /// <summary>
    /// The addresses that slots may name (first byte, length in bytes), rounded outward to what one NAPOT slot can describe;
    /// null for the full address space, which firmware on 'virt' needs.
    /// </summary>
    public (ulong Start, ulong Length)? Range { get; init; }

    /// <summary>Bypass for this checker even when <see cref="WorldGuardConfiguration.HwBypass"/> is off.</summary>
    public bool HwBypass { get; init; }

    /// <summary>Contents of slots 1, 2, … after reset; when given, there is no bypass.</summary>
    public IReadOnlyList<WorldGuardSlot> DefaultSlots { get; init; } = [];

    /// <summary>VENDOR register.</summary>
    public uint Vendor { get; init; }

    /// <summary>IMPID register.</summary>
    public uint Implementation { get; init; }
}
