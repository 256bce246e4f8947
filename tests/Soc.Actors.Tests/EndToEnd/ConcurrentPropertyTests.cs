using Soc.Actors.Tests.Support;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>
/// Properties P15, P16, P17 and P19 of softtlb.md section 6.8: hart 0 changes a checker at random intervals, the others look through it
/// all the time and judge every single answer.
/// </summary>
/// <remarks>
/// Version n of the configuration lets the readers' world pass when n is odd. Hart 0 writes n into "begun" before the register write
/// and into "done" after its completion. A reader that loads "done", then the secret, then "begun" knows a range that contains
/// every version allowed for its access (property P15), and keeps the smallest version that explains all that it has seen: it never
/// needs an older one (P17). A smallest explanation beyond "begun" is a violation. Under the strict guarantee the readers share
/// what they have seen, over harts and pages, as there is one instant for all (P16).
/// </remarks>
public class ConcurrentPropertyTests
{
    private const ulong TrustedOnly = 3UL << 6;
    private const ulong WorldOneToo = TrustedOnly | (3UL << 2);
    private const ulong Pattern = 0x5A5A_5A5A_A5A5_A5A5;
    private const int Harts = 4;
    private const int Rounds = 200;
    private const int Begun = 8;
    private const int Done = 0;
    private const int SlotStride = 64;
    private const int Reading = 8;
    private const int SecondPage = 18;
    private const int Reserve = 19;

    private const int StaleFailure = 3;

    public static TheoryData<string, ulong, string> Schedules
    {
        get
        {
            var data = new TheoryData<string, ulong, string>();
            for (ulong seed = 0; seed < 6; seed++)
            {
                data.Add("lockstep", seed, seed % 2 == 0 ? "40ns..60ns" : "20ns..900ns");
            }

            data.Add("lockstep-parallel", 0, "40ns..60ns");
            data.Add("free", 1, "40ns..60ns");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void P15_P17_every_answer_belongs_to_a_version_between_the_last_completed_and_the_newest_and_versions_never_go_back(
        string mode, ulong seed, string latency)
    {
        RunResult result = Run(mode, GuaranteeLevel.Acknowledged, seed, latency, shared: false);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal((ulong)Rounds, result.Summary.Checkers[0].Commits);
        Assert.Equal(result.Summary.Checkers[0].InvalidationsSent, result.Summary.Checkers[0].InvalidationsAcknowledged);
        Assert.All(result.Summary.Harts.Skip(1), hart => Assert.True(hart.Rearms > 0));
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void P16_a_strict_checker_has_one_instant_of_change_for_all_harts_and_pages(string mode, ulong seed, string latency)
    {
        RunResult result = Run(mode, GuaranteeLevel.Strict, seed, latency, shared: true);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal((ulong)Rounds, result.Summary.Checkers[0].Commits);
    }

    [Theory]
    [InlineData(GuaranteeLevel.Eventual, false)] // nobody waits: answers older than the last completed version
    [InlineData(GuaranteeLevel.Acknowledged, true)] // between commit and completion harts differ (window W8)
    public void P15_P16_a_weaker_guarantee_than_the_one_asked_for_is_noticed(GuaranteeLevel guarantee, bool shared)
    {
        RunResult result = Run("lockstep", guarantee, 1, "20ns..900ns", shared);

        Assert.Equal((RunOutcome.Finished, StaleFailure), (result.End.Outcome, result.End.ExitCode));
    }

    [Theory]
    [InlineData(0, "40ns..60ns")]
    [InlineData(1, "20ns..900ns")]
    [InlineData(2, "0ns..0ns")]
    [InlineData(3, "1ns..3us")]
    public void P19_every_recipient_acknowledges_every_Invalidate_exactly_once_and_the_completion_follows_the_last(ulong seed, string latency)
    {
        var journal = new ChangeJournal();
        RunResult result = Run("lockstep", GuaranteeLevel.Acknowledged, seed, latency, shared: false, journal);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Contains(journal.Changes, change => change.Told.Count == Harts - 1);
        Assert.All(journal.Changes, change =>
        {
            Assert.Equal(change.Told.Distinct().Order(), change.Told.Order());
            Assert.Equal(change.Told.Order(), change.Acknowledged.Select(ack => ack.By).Order());
            Assert.True(Assert.Single(change.Completed) > change.Acknowledged.Select(ack => ack.Position).DefaultIfEmpty(0).Max());
        });
        Assert.Equal(result.Summary.Checkers[0].InvalidationsSent, (ulong)journal.Changes.Sum(change => change.Told.Count));
        Assert.Equal(Rounds, journal.Changes.Count);
    }

    private static RunResult Run(
        string mode, GuaranteeLevel guarantee, ulong seed, string latency, bool shared, ChangeJournal? journal = null)
    {
        using var guest = new Guest(Program(seed, shared), Harts, mode: mode, guarantee: guarantee, latency: latency, seed: seed);
        return SocRunner.Run(
            guest.Topology,
            new RunOptions { Console = Stream.Null, TimeLimit = mode == "free" ? 60_000_000_000UL : 1_000_000_000UL, Observer = journal },
            CancellationToken.None);
    }

    private static Code Program(ulong seed, bool shared)
    {
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A4, Guest.Secret + 0x5000).Li(A5, Pattern)
            .Csrr(A0, Mhartid).Bne(A0, Zero, "reader")
            .Sd(A5, S1).Sd(A5, A4).Li(A1, Guest.Checker).Li(A2, 0).Li(A3, Rounds).Li(Reserve, (seed * 2) + 1);
        for (int hart = 1; hart < Harts; hart++)
        {
            code.Label($"wait {hart}").Ld(T0, S0, (hart * SlotStride) + Reading).Beq(T0, Zero, $"wait {hart}");
        }

        code.Label("round").Addi(A2, A2, 1)
            .Sd(A2, S0, Begun);
        Fence(code)
            .Li(T1, WorldOneToo).Andi(T0, A2, 1).Bne(T0, Zero, "write").Li(T1, TrustedOnly)
            .Label("write").Sd(T1, A1, Guest.LastPermissions);
        Fence(code)
            .Sd(A2, S0, Done)

            // x = 5 x + 1, and a pause of up to 127 rounds.
            .Add(T0, Reserve, Zero).Add(Reserve, Reserve, Reserve).Add(Reserve, Reserve, Reserve).Add(Reserve, Reserve, T0).Addi(Reserve, Reserve, 1)
            .Andi(T0, Reserve, 127)
            .Label("pause").Beq(T0, Zero, "paused").Addi(T0, T0, -1).Jump("pause")
            .Label("paused").Bne(A2, A3, "round")
            .Pass()

            // A0 = this reader's slot; A2 and SecondPage = smallest version that explains what was seen of each page.
            .Label("reader").Li(A2, 0).Li(SecondPage, 0).Add(T0, A0, Zero).Add(A0, S0, Zero)
            .Label("slot").Addi(A0, A0, SlotStride).Addi(T0, T0, -1).Bne(T0, Zero, "slot")
            .Ld(T2, S1).Li(T0, 1).Sd(T0, A0, Reading)
            .Label("look");
        Look(code, S1, A2, shared, "first");
        Look(code, A4, shared ? A2 : SecondPage, shared, "second");
        return code.Jump("look")
            .Label("mixed").Fail(2)
            .Label("stale").Fail(StaleFailure);
    }

    /// <summary>One load from a page, and the judgement of it.</summary>
    private static void Look(Code code, int page, int version, bool shared, string name)
    {
        AtLeast(code, version, Done, $"{name} done");
        for (int hart = 1; shared && hart < Harts; hart++)
        {
            AtLeast(code, version, hart * SlotStride, $"{name} {hart}");
        }

        Fence(code).Ld(T2, page);
        Fence(code).Ld(T1, S0, Begun)
            .Li(A3, 0).Beq(T2, Zero, $"{name} value").Bne(T2, A5, "mixed").Li(A3, 1)
            .Label($"{name} value").Andi(T0, version, 1).Beq(T0, A3, $"{name} fits").Addi(version, version, 1)
            .Label($"{name} fits").Bltu(T1, version, "stale");
        if (shared)
        {
            code.Sd(version, A0);
        }
    }

    private static void AtLeast(Code code, int version, int offset, string label) =>
        code.Ld(T0, S0, offset).Bgeu(version, T0, label).Add(version, T0, Zero).Label(label);

    private static Code Fence(Code code) => code.Word(0x0330_000F); // fence rw, rw
}
