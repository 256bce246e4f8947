namespace Soc.Topology;

/// <summary>What became of a topology file.</summary>
/// <param name="Topology">The validated model; null when there is at least one mistake.</param>
/// <param name="Mistakes">All mistakes, in the order of the file; empty when the model is there.</param>
public sealed record TopologyLoadResult(SocTopology? Topology, IReadOnlyList<TopologyMistake> Mistakes);
