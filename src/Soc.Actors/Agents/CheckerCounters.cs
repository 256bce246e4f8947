using Soc.Actors.Protocol;
using Soc.Checkers;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>What is counted of a checker; read by the summary after the actors have stopped.</summary>
/// <param name="checker">The checker.</param>
/// <param name="agents">Number of agents in the SoC.</param>
internal sealed class CheckerCounters(Checker checker, int agents) : IChangeOwner
{
    /// <summary>The checker.</summary>
    public Checker Checker { get; } = checker;

    /// <inheritdoc/>
    public string Name => Checker.Name;

    /// <summary>Changes that wait for acknowledgements; owned by the checker's actor.</summary>
    public ChangeTracker Changes { get; } = new();

    /// <summary>Whether writers wait for acknowledgements: a change that stays open is a broken protocol.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Refused accesses by initiator; each initiator counts its own.</summary>
    public ulong[] RefusedBy { get; } = new ulong[agents];

    /// <summary>Configuration changes committed and invalidated.</summary>
    public ulong Commits { get; set; }

    /// <summary>Invalidates sent.</summary>
    public ulong Sent { get; set; }

    /// <summary>Acknowledgements counted.</summary>
    public ulong Acknowledged { get; set; }

    /// <inheritdoc/>
    public ulong Skew { get; set; }

    /// <summary>Commit to last acknowledgement, virtual ns.</summary>
    public LatencyHistogram Latency { get; } = new();
}
