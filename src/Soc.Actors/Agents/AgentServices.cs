using Soc.Actors.Time;

namespace Soc.Actors.Agents;

/// <summary>What every agent of one SoC is given.</summary>
/// <param name="Fabric">Carries messages.</param>
/// <param name="HostClock">Virtual time of free mode; null in lockstep.</param>
/// <param name="RegisterCost">Virtual ns that an owner takes to serve a register access.</param>
internal sealed record AgentServices(IFabric Fabric, HostClock? HostClock, ulong RegisterCost)
{
    /// <summary>Whether agents run as they can.</summary>
    public bool IsFree => HostClock is not null;
}
