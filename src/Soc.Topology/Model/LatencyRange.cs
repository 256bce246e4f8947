namespace Soc.Topology;

/// <summary>Latency of a link, in virtual ns; the seed chooses within the range.</summary>
/// <param name="Minimum">Shortest, ns.</param>
/// <param name="Maximum">Longest, ns, at least the shortest.</param>
public readonly record struct LatencyRange(ulong Minimum, ulong Maximum)
{
    /// <inheritdoc/>
    public override string ToString() => Minimum == Maximum ? $"{Minimum}ns" : $"{Minimum}ns..{Maximum}ns";
}
