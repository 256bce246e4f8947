using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Mistakes of other systems that reconfigure under running harts, each by the issue that taught it: repository and number.</summary>
public class HazardTests
{
    private const ulong TrustedOnly = 3UL << 6;
    private const int Late = 7;

    // Rounds of a loop of two instructions: longer than a window, so that the others look meanwhile.
    private const int Looks = 1000;

    /// <summary>Modes and seeds.</summary>
    public static TheoryData<string, ulong> Schedules => new()
    {
        { "lockstep", 0 },
        { "lockstep", 7 },
        { "lockstep-parallel", 0 },
        { "free", 0 },
    };

    /// <summary>Both harts change the same checker all the time, hold its answers, and wait for each other.</summary>
    [Theory]
    [MemberData(nameof(Schedules))]
    public void Tyche_devel_104_two_harts_that_wait_for_each_other_serve_each_other(string mode, ulong seed)
    {
        const int Rounds = 200;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A1, Guest.Checker).Li(A3, TrustedOnly).Li(A2, Rounds).Csrr(A0, Mhartid)
            .Label("round").Ld(T0, S1).Sd(Zero, A1, Guest.LastPermissions).Ld(T0, S1).Sd(A3, A1, Guest.LastPermissions)
            .Addi(A2, A2, -1).Bne(A2, Zero, "round")
            .Bne(A0, Zero, "second")
            .Label("wait").Ld(T0, S0).Beq(T0, Zero, "wait").Pass()
            .Label("second").Li(T0, 1).Sd(T0, S0).Label("idle").Wfi().Jump("idle");

        RunResult result = Guest.Run(code, harts: 2, trusted: 2, mode: mode, seed: seed);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        Assert.True(checker.InvalidationsSent > 0);
    }

    /// <summary>With more than two harts some went on with the old rights: here three look while the fourth takes rights away.</summary>
    [Theory]
    [MemberData(nameof(Schedules))]
    public void Tyche_devel_72_no_hart_of_four_goes_on_with_old_rights(string mode, ulong seed)
    {
        RunResult result = Guest.Run(ClosingUnderReaders(mode == "free" ? 20 : 60), harts: 4, trusted: 4, mode: mode, seed: seed);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        Assert.True(checker.Refused > 0);
    }

    [Fact]
    public void Tyche_devel_72_a_hart_that_is_not_waited_for_is_noticed()
    {
        using var guest = new Guest(ClosingUnderReaders(60), harts: 4, trusted: 4, guarantee: GuaranteeLevel.Eventual);
        var lost = new FaultDescription { Kind = FaultKind.Drop, Message = FaultMessage.Invalidate, To = "hart2" };

        RunResult result = SocRunner.Run(
            guest.Topology with { Faults = [lost] }, new RunOptions { Console = Stream.Null, TimeLimit = 1_000_000_000 }, CancellationToken.None);

        Assert.Equal((RunOutcome.Finished, Late), (result.End.Outcome, result.End.ExitCode));
    }

    /// <summary>
    /// Hart 0 closes the secret, says in which round when its store is complete, and opens it again; the others fail when they can read what is
    /// said to be closed, in the same round, before and after their load.
    /// </summary>
    private static Code ClosingUnderReaders(int rounds) => new Code()
        .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A1, Guest.Checker).Li(A3, TrustedOnly).Li(A2, (ulong)rounds).Li(T2, 1)
        .Csrr(A0, Mhartid).Bne(A0, Zero, "reader")
        .Sd(T2, S1)
        .Label("round").Sd(Zero, A1, Guest.LastPermissions).Sd(A2, S0).Wait(T0, Looks).Sd(Zero, S0).Sd(A3, A1, Guest.LastPermissions).Wait(T0, Looks)
        .Addi(A2, A2, -1).Bne(A2, Zero, "round").Pass()

        .Label("reader").Ld(A4, S0).Ld(T0, S1).Ld(A5, S0)
        .Beq(A4, Zero, "reader").Bne(A4, A5, "reader").Beq(T0, Zero, "reader")
        .Fail(Late);
}
