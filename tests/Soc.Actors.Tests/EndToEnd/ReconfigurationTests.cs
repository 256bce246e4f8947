using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>Reconfiguration under load: a DMA burst in flight, and thousands of changes while everybody reads.</summary>
public class ReconfigurationTests
{
    private const ulong TrustedOnly = 3UL << 6;
    private const ulong WorldOneToo = TrustedOnly | (3UL << 2);
    private const ulong Dma = 0x1001_0000;
    private const ulong Ring = 0x8000_9000;
    private const ulong Buffer = 0x8010_0000;
    private const int Words = 0x1_0000 / 8;
    private const int LateBeat = 5;
    private const int SourceEnd = 18;

    [Theory]
    [InlineData("lockstep", true, 0)]
    [InlineData("lockstep", true, 3)]
    [InlineData("lockstep", false, 0)]
    [InlineData("lockstep", false, 3)]
    [InlineData("free", true, 0)]
    [InlineData("free", false, 0)]
    public void RC9_no_beat_of_a_burst_uses_the_old_answer_after_the_completion(string mode, bool reads, ulong seed)
    {
        using var guest = new Guest(Burst(reads, mode != "free"), mode: mode, seed: seed);

        RunResult result = Run(guest.Topology);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        if (mode != "free")
        {
            Assert.True(checker.InvalidationsSent > 0);
            Assert.InRange(result.Summary.DmaEngines[0].RefusedBeats, 1UL, Words - 1UL);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RC9_a_burst_that_is_not_told_is_noticed(bool reads)
    {
        using var guest = new Guest(Burst(reads, inFlight: true), guarantee: GuaranteeLevel.Eventual);
        var lost = new FaultDescription { Kind = FaultKind.Drop, Message = FaultMessage.Invalidate, To = "dma0" };

        RunResult result = Run(guest.Topology, lost);

        Assert.Equal((RunOutcome.Finished, LateBeat), (result.End.Outcome, result.End.ExitCode));
    }

    [Fact]
    public void RC11_no_acknowledgement_is_lost_and_mailboxes_stay_short_at_a_thousand_changes_a_millisecond()
    {
        // Short windows: who reads in a window acknowledges at its end.
        string file = Path.Combine(Repository.Root, "topologies", "quad-worlds.yaml");
        string text = File.ReadAllText(file)
            .Replace("bin/quad-worlds.elf", "bin/rounds.elf", StringComparison.Ordinal)
            .Replace("quantum: 1us", "quantum: 300ns", StringComparison.Ordinal);
        TopologyLoadResult loaded = TopologyFile.Parse(file, text);
        Assert.Empty(loaded.Mistakes);
        var journal = new ChangeJournal();

        RunResult result = SocRunner.Run(
            loaded.Topology!, new RunOptions { Console = Stream.Null, TimeLimit = 1_000_000_000, Observer = journal }, CancellationToken.None);

        CheckAllAcknowledged(result, 2000);
        (ulong first, ulong last) = journal.Span;
        Assert.True(last - first < 2_000_000, $"2000 changes took {last - first} ns");

        // The writer waits for its change, so there is never a second one on its way.
        Assert.Equal(1, journal.DeepestMailbox());
        Assert.All(journal.Changes, change =>
        {
            Assert.Equal(change.Told.Order(), change.Acknowledged.Select(ack => ack.By).Order());
            Assert.Single(change.Completed);
        });
    }

    [Fact]
    public void RC11_no_acknowledgement_is_lost_in_free_mode()
    {
        const int Changes = 200;
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(T1, 1).Csrr(A0, Mhartid).Bne(A0, Zero, "reader")
            .Li(A1, Guest.Checker).Li(A2, TrustedOnly).Li(A3, Changes);
        for (int hart = 1; hart < 4; hart++)
        {
            code.Label($"wait {hart}").Ld(T0, S0, hart * 64).Beq(T0, Zero, $"wait {hart}");
        }

        code.Label("change").Xori(A2, A2, 0xC).Sd(A2, A1, Guest.LastPermissions).Addi(A3, A3, -1).Bne(A3, Zero, "change").Pass()
            .Label("reader").Addi(S0, S0, 64).Addi(A0, A0, -1).Bne(A0, Zero, "reader")
            .Ld(T0, S1).Sd(T1, S0)
            .Label("read").Ld(T0, S1).Addi(T1, T1, 1).Jump("read");

        RunResult result = Guest.Run(code, harts: 4, mode: "free");

        CheckAllAcknowledged(result, Changes);
        Assert.Equal(3UL * Changes, result.Summary.Checkers[0].InvalidationsSent);
    }

    [Theory]
    [InlineData("lockstep", 0)]
    [InlineData("lockstep", 4)]
    [InlineData("free", 0)]
    public void RC10_a_channel_that_is_stopped_while_its_acknowledgement_is_awaited_loses_no_completion(string mode, ulong seed)
    {
        const int Changes = 50;
        Code code = new Code()
            .Li(S0, Ring).Li(S1, Guest.Secret).Li(A4, Buffer).Li(A0, Dma + 0x1000).Li(T1, 3).Csrr(T0, Mhartid).Bne(T0, Zero, "stopper")
            .Li(A1, Guest.Checker).Li(A2, WorldOneToo).Sd(A2, A1, Guest.LastPermissions)
            .Li(T0, Dma + 0x10008).Li(T2, 1).Sd(T2, T0)
            .Sd(S1, S0).Sd(A4, S0, 8).Li(T0, Words * 8).Sd(T0, S0, 16).Sd(S0, A0, 0x10)
            .Sd(T2, S0, 64)

            // By then the engine has asked the checker once, and is told of everything from now on.
            .Wait(T0, 1_000).Li(A3, Changes)
            .Label("change").Xori(A2, A2, 0xC).Sd(A2, A1, Guest.LastPermissions).Addi(A3, A3, -1).Bne(A3, Zero, "change").Pass()

            // Hart 1 starts the copy again and again and stops it in its middle: the ring is emptied, what was under way is dropped.
            .Label("stopper").Ld(T0, S0, 64).Beq(T0, Zero, "stopper").Li(T2, 1)
            .Label("start").Sd(T1, A0).Sd(T2, A0, 0x28).Wait(T0, 50).Sd(Zero, A0).Jump("start");
        using var guest = new Guest(code, harts: 2, trusted: 2, mode: mode, seed: seed);

        RunResult result = Run(guest.Topology);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        if (mode != "free")
        {
            // In free mode a stop may come late, when a copy is over, and a start late, when nothing changes any more.
            Assert.Equal((ulong)Changes, checker.InvalidationsSent);
            Assert.Equal(0UL, result.Summary.DmaEngines[0].Descriptors);
        }
    }

    [Fact]
    public void IO11_a_commit_that_concerns_others_leaves_an_initiators_entries_as_they_are()
    {
        // There is no MAP event here: refusals are cached too, so a change that gives rights is told like one that takes them. What
        // stays untouched is the TLB of an initiator whose world the change does not concern.
        static RunResult Of(bool changes)
        {
            Code code = new Code()
                .Li(S1, Guest.Secret).Li(A1, Guest.Checker).Li(A2, TrustedOnly).Li(A3, 20)
                .Label("again").Ld(T0, S1).Sd(T0, S1).Xori(A2, A2, changes ? 0xC : 0).Sd(A2, A1, Guest.LastPermissions)
                .Addi(A3, A3, -1).Bne(A3, Zero, "again").Pass();
            return Guest.Run(code);
        }

        RunResult changed = Of(changes: true);

        Assert.Equal(string.Empty, changed.End.Reason);
        Assert.Equal((20UL, 0UL), (changed.Summary.Checkers[0].Commits, changed.Summary.Checkers[0].InvalidationsSent));
        Assert.Equal(Of(changes: false).Summary.Harts[0], changed.Summary.Harts[0]);
    }

    private static void CheckAllAcknowledged(RunResult result, ulong changes)
    {
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        CheckerSummary checker = result.Summary.Checkers[0];
        Assert.True(checker.Commits >= changes, $"{checker.Commits} commits");
        Assert.True(checker.InvalidationsSent > 2 * checker.Commits, $"{checker.InvalidationsSent} sent");

        // Each sent one counts once: with equal sums no change is open.
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
    }

    /// <summary>
    /// Hart 0 starts a copy of 64 KiB out of the secret (or into it) in world 1, closes the secret for world 1 while it runs, and when the
    /// register write is complete changes the last word of each page of the source: an old beat after that would bring one of them to the
    /// destination (the engine asks again for each page, so that an old answer would last as long as one page).
    /// </summary>
    private static Code Burst(bool reads, bool inFlight)
    {
        const ulong Old = 0x1111;
        const ulong Late = 0x2222;
        const ulong Before = 0x3333;
        Code code = new Code()
            .Li(S0, Ring).Li(S1, reads ? Guest.Secret : Buffer).Li(A4, reads ? Buffer : Guest.Secret).Li(A1, Guest.Checker)
            .Li(A0, Dma + 0x1000).Li(A3, WorldOneToo).Sd(A3, A1, Guest.LastPermissions)
            .Li(T0, Dma + 0x10008).Li(T1, 1).Sd(T1, T0)
            .Li(T0, Old).Li(T1, Before).Add(A2, S1, Zero).Add(A3, A4, Zero).Li(T2, Words)
            .Label("fill").Sd(T0, A2).Sd(T1, A3).Addi(A2, A2, 8).Addi(A3, A3, 8).Addi(T2, T2, -1).Bne(T2, Zero, "fill")

            // From here on A3 = end of the destination.
            .Add(SourceEnd, A2, Zero)
            .Sd(S1, S0).Sd(A4, S0, 8).Li(T0, Words * 8).Sd(T0, S0, 16).Sd(Zero, S0, 24)
            .Sd(S0, A0, 0x10).Li(T0, 3).Sd(T0, A0).Li(A5, TrustedOnly).Li(T1, Late)
            .Li(T0, 1).Sd(T0, A0, 0x28)
            .Sd(A5, A1, Guest.LastPermissions)
            .Li(T0, 0xFF8).Add(A2, S1, T0).Li(T0, 0x1000)
            .Label("change").Sd(T1, A2).Add(A2, A2, T0).Bltu(A2, SourceEnd, "change")
            .Label("copying").Lw(T0, S0, 24).Beq(T0, Zero, "copying")
            .Li(T1, 1).Bne(T0, T1, "error").Lw(T0, S0, 28).Li(T1, Words * 8).Bne(T0, T1, "error")

            // The destination: what was copied in time, then what refused beats leave.
            .Li(T1, Old).Li(T2, reads ? 0 : Before);
        if (inFlight)
        {
            code.Ld(T0, A4).Bne(T0, T1, "idle").Ld(T0, A3, -8).Beq(T0, T1, "idle");
        }

        return code
            .Label("copied").Ld(T0, A4).Bne(T0, T1, "refused").Addi(A4, A4, 8).Bne(A4, A3, "copied").Pass()
            .Label("refused").Ld(T0, A4).Bne(T0, T2, "late").Addi(A4, A4, 8).Bne(A4, A3, "refused").Pass()
            .Label("error").Fail(3)
            .Label("idle").Fail(4)
            .Label("late").Fail(LateBeat);
    }

    private static RunResult Run(SocTopology topology, params FaultDescription[] faults) => SocRunner.Run(
        topology with
        {
            Faults = faults,
            DmaEngines = [new DmaDescription { Name = "dma0", Base = Dma, Channels = 1, Worlds = 0b1111, Frequency = 200_000_000, BeatSize = 8 }],
        },
        new RunOptions { Console = Stream.Null, TimeLimit = topology.Mode == RunMode.Free ? 60_000_000_000UL : 1_000_000_000UL },
        CancellationToken.None);
}
