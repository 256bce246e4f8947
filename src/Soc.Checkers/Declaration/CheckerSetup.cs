using Soc.Checkers.WorldGuard;

namespace Soc.Checkers.Declaration;

/// <summary>Everything that one checker of a SoC is built from.</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="AgentId">Dense number of the owning agent in the SoC.</param>
/// <param name="Settings">Its options.</param>
/// <param name="WorldGuard">The SoC's worlds; null when it has none.</param>
/// <param name="Targets">What it stands in front of; a target of all addresses for each of the initiators when it stands there.</param>
public sealed record CheckerSetup(
    string Name, int AgentId, CheckerSettings Settings, WorldGuardConfiguration? WorldGuard, IReadOnlyList<CheckerTarget> Targets);
