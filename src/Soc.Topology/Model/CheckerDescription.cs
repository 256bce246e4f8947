using Soc.Checkers.Declaration;
using Soc.Checkers.WorldGuard;

namespace Soc.Topology;

/// <summary>A security filter in front of memories or devices, or at initiators.</summary>
public sealed record CheckerDescription
{
    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required CheckerDeclaration Kind { get; init; }

    /// <summary>Address of its registers: of offset 0.</summary>
    public required ulong Base { get; init; }

    /// <summary>The addresses of its registers, relative to <see cref="Base"/>.</summary>
    public required RegisterBlock Block { get; init; }

    /// <summary>First address of its registers.</summary>
    public ulong FirstAddress => unchecked(Base + (ulong)Block.First);

    /// <summary>Source number at the PLIC; null = none.</summary>
    public int? Interrupt { get; init; }

    /// <summary>Names of the memories, devices and DMA register blocks behind it; empty when it stands at initiators.</summary>
    public IReadOnlyList<string> Protects { get; init; } = [];

    /// <summary>Names of the harts and DMA engines all of whose accesses it checks; empty when it stands in front of targets.</summary>
    public IReadOnlyList<string> Initiators { get; init; } = [];

    /// <summary>What it protects with addresses, or all that each of <see cref="Initiators"/> sees.</summary>
    public IReadOnlyList<CheckerTarget> Targets { get; init; } = [];

    /// <summary>Register writes that are made before anything runs, as firmware before the guest would: names and values.</summary>
    public IReadOnlyList<(string Register, ulong Value)> Writes { get; init; } = [];

    /// <summary>The options of its kind.</summary>
    public required CheckerSettings Settings { get; init; }

    /// <summary>What its finished configuration changes promise; null = what the SoC says.</summary>
    public GuaranteeLevel? Guarantee { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }

    /// <summary>What the checker is built from.</summary>
    /// <param name="agentId">Its agent number.</param>
    /// <param name="worlds">The machine's worlds; null when it has none.</param>
    public CheckerSetup SetupFor(int agentId, WorldGuardDescription? worlds) => new(
        Name, agentId, Settings, worlds is null ? null : new WorldGuardConfiguration(worlds.Worlds, worlds.TrustedWid, worlds.HwBypass, worlds.TzCompat), Targets);
}
