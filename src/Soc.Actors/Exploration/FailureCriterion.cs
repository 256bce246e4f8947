namespace Soc.Actors.Exploration;

/// <summary>Decides, for every search over schedules, what a failure is. The only place that does.</summary>
public static class FailureCriterion
{
    /// <summary>
    /// Whether a run failed: the guest reported a failure, nobody makes progress, the sanitizer found a stale use, the protocol or the model
    /// is broken. A run that
    /// is still going at its time limit, or that somebody interrupted, has not failed.
    /// </summary>
    public static bool IsFailure(RunResult run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Summary.Sanitizer is { Reports.Count: > 0 } || run.End.Outcome switch
        {
            RunOutcome.Finished => run.End.ExitCode != 0,
            RunOutcome.TimeLimit or RunOutcome.Interrupted => false,
            _ => true,
        };
    }

    /// <summary>Whether two failures are the same one: shrinking must not slip from one to another.</summary>
    public static bool IsSame(RunEnd first, RunEnd second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Outcome == second.Outcome && first.ExitCode == second.ExitCode;
    }
}
