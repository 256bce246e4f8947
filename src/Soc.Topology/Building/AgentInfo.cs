namespace Soc.Topology;

/// <summary>A model object that an actor owns: an initiator or the owner of registers.</summary>
/// <param name="Id">Dense number in the SoC: harts, then DMA engines, then virtio devices, then checkers, then IOMMUs.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Name from the topology.</param>
public readonly record struct AgentInfo(int Id, AgentKind Kind, string Name);
