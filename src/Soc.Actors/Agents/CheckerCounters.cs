using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>What a checker's actor counts; read by the summary after the actor has stopped.</summary>
internal sealed class CheckerCounters
{
    /// <summary>Configuration changes committed and invalidated.</summary>
    public ulong Commits { get; set; }

    /// <summary>Invalidates sent.</summary>
    public ulong Sent { get; set; }

    /// <summary>Acknowledgements counted.</summary>
    public ulong Acknowledged { get; set; }

    /// <summary>Commit to last acknowledgement, virtual ns.</summary>
    public LatencyHistogram Latency { get; } = new();
}
