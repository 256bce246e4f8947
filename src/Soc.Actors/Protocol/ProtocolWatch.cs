using Soc.Topology;

namespace Soc.Actors.Protocol;

/// <summary>
/// Notices that a configuration change will never be finished, because an invalidation or its acknowledgement was lost, and says
/// which change of which checker it is, who has not answered, and since when. Nothing hangs in silence.
/// </summary>
/// <param name="topology">Mode, quantum and limit.</param>
/// <param name="agents">All agents, by number.</param>
/// <param name="owners">All checkers and IOMMUs.</param>
internal sealed class ProtocolWatch(SocTopology topology, IReadOnlyList<AgentInfo> agents, IReadOnlyList<IChangeOwner> owners)
{
    private const ulong LockstepLimit = 100_000_000;
    private const ulong FreeLimit = 10_000_000_000;
    private const int Shown = 4;

    /// <summary>How long a change may wait, virtual ns.</summary>
    public ulong Limit { get; } =
        topology.Watchdog ?? (topology.Mode == RunMode.Free ? FreeLimit : Math.Max(LockstepLimit, 4 * topology.Quantum));

    /// <summary>How often free mode looks.</summary>
    public TimeSpan Period => TimeSpan.FromMilliseconds(Math.Clamp(Limit / 4_000_000, 5, 1000));

    /// <summary>Lockstep, everybody sleeps: the end of the run when a change is open, null when none is.</summary>
    public RunEnd? Asleep()
    {
        List<string> open = [.. owners.SelectMany(checker => checker.Changes.Open.Select(change => Describe(checker, change)))];
        return open.Count == 0 ? null : End($"every initiator sleeps, and nobody will finish {List(open)}");
    }

    /// <summary>Lockstep: the end of the run when a change waits for too long, null otherwise.</summary>
    public RunEnd? Overdue(ulong now)
    {
        foreach (IChangeOwner checker in owners)
        {
            if (checker.Changes.OpenCount > 0 && Overdue(checker, now) is { } end)
            {
                return end;
            }
        }

        return null;
    }

    /// <summary>The end of the run when a change of one checker waits for too long; called where its changes are at rest.</summary>
    public RunEnd? Overdue(IChangeOwner checker, ulong now)
    {
        if (!checker.IsAwaited)
        {
            return null;
        }

        List<string> open =
        [
            .. checker.Changes.Open.Where(change => now > change.CommittedAt && now - change.CommittedAt > Limit).Select(change => Describe(checker, change)),
        ];
        return open.Count == 0 ? null : End($"after {Limit} ns nobody has finished {List(open)}");
    }

    private static RunEnd End(string reason) => new(RunOutcome.BrokenProtocol, RunEnd.BrokenProtocolExitCode, reason);

    private static string List(List<string> open) =>
        string.Join("; ", open.Take(Shown)) + (open.Count > Shown ? $"; and {open.Count - Shown} more" : "");

    private string Describe(IChangeOwner checker, PendingChange change)
    {
        string missing = string.Join(", ", change.Missing.Select(Name));
        string waiting = checker.IsAwaited && change.Initiator >= 0 ? $", {Name(change.Initiator)} waits for it" : "";
        return $"change {change.Epoch} of {checker.Name} (committed at {change.CommittedAt} ns, {change.Missing.Count} of {change.Recipients} "
            + $"have not acknowledged since: {missing}{waiting})";
    }

    private string Name(int agent) => agents[agent].Name;
}
