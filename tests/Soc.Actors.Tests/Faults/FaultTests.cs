using Soc.Actors.Agents;
using Soc.Actors.Faults;
using Soc.Actors.Messages;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Actors.Time;
using Soc.Memory;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.Faults;

/// <summary>Injected faults: what the protocol must tolerate it tolerates, and a lost message never ends in a silent hang.</summary>
public class FaultTests
{
    private const ulong TrustedOnly = 3UL << 6;
    private const ulong WorldOneToo = TrustedOnly | (3UL << 2);
    private const ulong Pattern = 0x5A5A_5A5A_A5A5_A5A5;

    /// <summary>Hart 0 uses the secret, so that it is registered, and then closes it for itself.</summary>
    private static Code SelfReconfiguring => new Code()
        .Csrr(A0, Mhartid).Bne(A0, Zero, "other")
        .Li(S1, Guest.Secret).Li(A1, Guest.Checker).Ld(T0, S1).Sd(Zero, A1, Guest.LastPermissions).Pass()
        .Label("other").Li(A2, 1).Label("on").Addi(T2, T2, 1).Addi(T2, T2, 3).Bne(A2, Zero, "on");

    [Theory]
    [InlineData("kind: duplicate, message: invalidate")]
    [InlineData("kind: duplicate, message: invalidate-ack, probability: 0.5")]
    [InlineData("kind: delay, message: invalidate, by: 2us, probability: 0.2")]
    [InlineData("kind: delay, message: invalidate-ack, by: 2us, from: hart1")]
    [InlineData("kind: reorder, message: invalidate, by: 3us, probability: 0.3")]
    [InlineData("kind: reorder, message: invalidate-ack, by: 3us, probability: 0.3")]
    [InlineData("kind: stall, initiator: hart2, at: 4ms, for: 100us")]
    public void M9_M10_quad_worlds_passes_with_faults_that_the_protocol_tolerates(string fault)
    {
        RunResult result = Run(QuadWorlds(fault));

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.True(Assert.Single(result.Summary.Faults).Injected > 0);
        CheckerSummary checker = Assert.Single(result.Summary.Checkers);
        Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
    }

    [Fact]
    public void Faults_are_seeded_the_same_seed_gives_the_same_run_and_another_one_hits_others()
    {
        SocTopology topology = QuadWorlds("kind: delay, message: invalidate, by: 2us, probability: 0.2");
        (ulong Time, ulong Injected) Of(ulong seed)
        {
            RunResult run = Run(topology with { Seed = seed });
            return (run.Summary.VirtualTime, run.Summary.Faults[0].Injected);
        }

        (ulong Time, ulong Injected) first = Of(0);
        Assert.Equal(first, Of(0));
        Assert.NotEqual(first, Of(1));
    }

    [Fact]
    public void M7_a_dropped_acknowledgement_is_diagnosed_when_everybody_sleeps()
    {
        using var guest = new Guest(SelfReconfiguring);
        RunResult result = Run(guest.Topology with { Faults = [Drop(FaultMessage.InvalidateAck)] });

        Assert.Equal((RunOutcome.BrokenProtocol, 71), (result.End.Outcome, result.End.ExitCode));
        Assert.Matches(
            @"\Aevery initiator sleeps, and nobody will finish change 1 of wgc \(committed at \d+ ns, 1 of 1 have not acknowledged since: hart0, hart0 waits for it\)\z",
            result.End.Reason);
    }

    [Theory]
    [InlineData(FaultMessage.InvalidateAck)]
    [InlineData(FaultMessage.Invalidate)]
    public void M7_a_lost_message_is_diagnosed_after_a_while_when_others_go_on(FaultMessage message)
    {
        using var guest = new Guest(SelfReconfiguring, harts: 2);
        RunResult result = Run(guest.Topology with { Faults = [Drop(message)], Watchdog = 500_000 });

        Assert.Equal(RunOutcome.BrokenProtocol, result.End.Outcome);
        Assert.Matches(
            @"\Aafter 500000 ns nobody has finished change 1 of wgc \(committed at \d+ ns, 1 of 1 have not acknowledged since: hart0, hart0 waits for it\)\z",
            result.End.Reason);
        Assert.InRange(result.Summary.VirtualTime, 500_000UL, 520_000UL);
    }

    [Fact]
    public void M7_a_dropped_acknowledgement_is_diagnosed_in_free_mode()
    {
        using var guest = new Guest(SelfReconfiguring, mode: "free");
        RunResult result = SocRunner.Run(
            guest.Topology with { Faults = [Drop(FaultMessage.InvalidateAck)], Watchdog = 50_000_000 },
            new RunOptions { Console = Stream.Null, TimeLimit = 60_000_000_000 },
            CancellationToken.None);

        Assert.Equal((RunOutcome.BrokenProtocol, 71), (result.End.Outcome, result.End.ExitCode));
        Assert.Contains("change 1 of wgc", result.End.Reason, StringComparison.Ordinal);
        Assert.Contains("have not acknowledged since: hart0, hart0 waits for it", result.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_waits_for_a_lost_acknowledgement_of_an_eventual_guarantee()
    {
        using var guest = new Guest(SelfReconfiguring, guarantee: GuaranteeLevel.Eventual);

        Assert.Equal(string.Empty, Run(guest.Topology with { Faults = [Drop(FaultMessage.InvalidateAck)], Watchdog = 1 }).End.Reason);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("free")]
    public void Delays_duplicates_and_stalls_are_tolerated_in_both_modes(string mode)
    {
        using var guest = new Guest(SelfReconfiguring, mode: mode);
        RunResult result = Run(guest.Topology with
        {
            Faults =
            [
                new FaultDescription { Kind = FaultKind.Delay, Message = FaultMessage.Invalidate, By = 2_000_000 },
                new FaultDescription { Kind = FaultKind.Duplicate, Message = FaultMessage.InvalidateAck },
                new FaultDescription { Kind = FaultKind.Stall, Initiator = "hart0", At = 0, Duration = 3_000_000 },
            ],
        });

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.Equal([1UL, 1UL, 1UL], result.Summary.Faults.Select(fault => fault.Injected));
        Assert.InRange(result.Summary.VirtualTime, 5_000_000UL, 60_000_000_000UL);
        Assert.True(result.Summary.Checkers[0].LatencyMaximum >= 1_900_000, $"{result.Summary.Checkers[0].LatencyMaximum}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void M9_two_invalidations_of_one_checker_may_come_in_the_wrong_order(ulong seed)
    {
        // An eventual guarantee lets hart 0 change the checker three times while the first invalidation is still on its way.
        Code code = new Code()
            .Li(S0, Guest.Shared).Li(S1, Guest.Secret).Li(A5, Pattern).Li(A1, Guest.Checker).Li(A3, TrustedOnly).Li(A4, WorldOneToo)
            .Csrr(A0, Mhartid).Bne(A0, Zero, "reader")
            .Sd(A5, S1).Sd(A4, A1, Guest.LastPermissions)
            .Label("seen").Ld(T0, S0, 64).Beq(T0, Zero, "seen")
            .Sd(A3, A1, Guest.LastPermissions).Sd(A4, A1, Guest.LastPermissions).Sd(A3, A1, Guest.LastPermissions)
            .Wait(T0, 10_000).Li(T0, 1).Sd(T0, S0)
            .Label("sleep").Wfi().Jump("sleep")
            .Label("reader").Ld(T0, S1).Bne(T0, A5, "reader")
            .Li(T0, 1).Sd(T0, S0, 64)
            .Label("told").Ld(T1, S1).Ld(T0, S0).Beq(T0, Zero, "told")
            .Ld(T0, S1).Bne(T0, Zero, "stale").Pass()
            .Label("stale").Fail(3);
        using var guest = new Guest(code, harts: 2, guarantee: GuaranteeLevel.Eventual, seed: seed);
        var order = new DeliveryOrder();
        RunResult result = SocRunner.Run(
            guest.Topology with { Faults = [new FaultDescription { Kind = FaultKind.Reorder, Message = FaultMessage.Invalidate, To = "hart1", Nth = 2, By = 3_000 }] },
            new RunOptions { Console = Stream.Null, TimeLimit = 1_000_000_000, Observer = order },
            CancellationToken.None);

        Assert.Equal(string.Empty, result.End.Reason);
        Assert.Contains(order.Epochs.Zip(order.Epochs.Skip(1)), pair => pair.First > pair.Second);
        Assert.Equal(1UL, result.Summary.Faults[0].Injected);
    }

    [Fact]
    public void A_stall_holds_an_initiator_and_what_it_owes_to_others()
    {
        StallSchedule stalls = new([new FaultDescription { Kind = FaultKind.Stall, At = 100, Duration = 50 }, new FaultDescription { Kind = FaultKind.Stall, At = 150, Duration = 10 }]);

        Assert.Equal([99UL, 160UL, 160UL, 160UL, 160UL], new ulong[] { 99, 100, 149, 150, 159 }.Select(stalls.After));
        Assert.Equal([100UL, 60UL, 150UL, 400UL], new[] { stalls.Before(0, 400), stalls.Before(0, 60), stalls.Before(100, 400), stalls.Before(150, 400) });
    }

    [Fact]
    public void Only_the_nth_match_of_each_sender_is_hit_and_other_messages_never_are()
    {
        AgentInfo[] agents = [new(0, AgentKind.Hart, "hart0"), new(1, AgentKind.Hart, "hart1"), new(2, AgentKind.Checker, "wgc")];
        var fault = new MessageFault(new FaultDescription { Kind = FaultKind.Drop, Message = FaultMessage.InvalidateAck, Nth = 2 }, 0, agents);
        var order = new EventOrder(0);
        var fabric = new LockstepFabric(3, order, new LatencyRange(50, 50));
        var faulty = new FaultyFabric(fabric, [fault], order);
        for (ulong change = 1; change <= 3; change++)
        {
            for (int hart = 0; hart < 2; hart++)
            {
                faulty.Send(hart, 2, change * 10, new InvalidateAck(change, hart, 0, 0, 0, false));
                faulty.Send(hart, 2, change * 10, new RegisterDone(AccessResult.Ok, 0, change));
            }
        }

        for (int hart = 0; hart < 2; hart++)
        {
            Assert.Equal([1UL, 3UL], fabric.OutboxOf(hart).Select(envelope => envelope.Message).OfType<InvalidateAck>().Select(ack => ack.Change));
            Assert.Equal(3, fabric.OutboxOf(hart).Count(envelope => envelope.Message is RegisterDone));
            Assert.True(faulty.HasSent(hart));
        }

        Assert.False(faulty.HasSent(2));
        Assert.Equal(2UL, fault.Injected);
    }

    [Fact]
    public void M10_a_delayed_message_is_not_overtaken_and_a_reordered_one_is()
    {
        static ulong[] Deliveries(bool overtaken)
        {
            var fabric = new LockstepFabric(2, new EventOrder(0), new LatencyRange(50, 50));
            fabric.SendLate(0, 1, 100, new TimerDeadline(1, 1), 1000, overtaken);
            fabric.Send(0, 1, 110, new TimerDeadline(2, 2));
            return [.. fabric.OutboxOf(0).Select(envelope => envelope.DeliverAt)];
        }

        Assert.Equal([1150UL, 1150UL], Deliveries(overtaken: false));
        Assert.Equal([1150UL, 160UL], Deliveries(overtaken: true));
    }

    private static FaultDescription Drop(FaultMessage message) => new() { Kind = FaultKind.Drop, Message = message, Nth = 1 };

    private static SocTopology QuadWorlds(string fault)
    {
        string file = Path.Combine(Repository.Root, "topologies", "quad-worlds.yaml");
        TopologyLoadResult result = TopologyFile.Load(file, new TopologyLoadOptions { Faults = [fault] });
        return result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }

    private static RunResult Run(SocTopology topology) => SocRunner.Run(
        topology, new RunOptions { Console = Stream.Null, TimeLimit = 100_000_000_000 }, CancellationToken.None);
}
