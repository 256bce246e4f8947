namespace Soc.Topology;

/// <summary>An actor-owned object of a SoC. Numbers are dense: harts by id, then DMA engines, then checkers.</summary>
/// <param name="Id">The number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Name from the topology.</param>
public sealed record AgentInfo(int Id, AgentKind Kind, string Name);
