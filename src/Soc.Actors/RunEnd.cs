namespace Soc.Actors;

/// <summary>The end of a run.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="ExitCode">Process exit code: the guest's, or 3 asleep or stuck, 4 stale uses, 70 model failure, 71 broken protocol, 124 time limit, 130 interrupted.</param>
/// <param name="Reason">One line for people; empty when the guest passed.</param>
public sealed record RunEnd(RunOutcome Outcome, int ExitCode, string Reason)
{
    /// <summary>Exit code for a guest that no longer makes progress.</summary>
    public const int NoProgressExitCode = 3;

    /// <summary>Exit code when the guest passed, but the sanitizer found uses of what was no longer true.</summary>
    public const int StaleUseExitCode = 4;

    /// <summary>Exit code for a broken model invariant.</summary>
    public const int ModelFailureExitCode = 70;

    /// <summary>Exit code for a configuration change that was never acknowledged by everybody.</summary>
    public const int BrokenProtocolExitCode = 71;

    /// <summary>Exit code when a replayed run went another way than the recorded one.</summary>
    public const int DivergedExitCode = 1;

    /// <summary>Exit code when the virtual time limit was reached.</summary>
    public const int TimeLimitExitCode = 124;

    /// <summary>Exit code after Ctrl-C.</summary>
    public const int InterruptedExitCode = 130;

    /// <summary>The end of a run that reached its limit of virtual time.</summary>
    /// <param name="limit">The limit, ns.</param>
    public static RunEnd TimeLimitReached(ulong limit) =>
        new(RunOutcome.TimeLimit, TimeLimitExitCode, $"the limit of {limit} ns of virtual time was reached");
}
