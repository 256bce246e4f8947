using Akka.Actor;
using Akka.TestKit.Xunit2;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Actors.Tests.Agents;

/// <summary>One checker actor around a real wgChecker; the test is the clock, the harts and the links.</summary>
public sealed class CheckerActorTests : TestKit
{
    private const int Agent = 9;
    private const int Writer = 1;
    private const ulong Base = 0x9000_0000;
    private const ulong Size = 0x1_0000;
    private const ulong RegisterCost = 20;

    // PERM of slot 4, the last: bits 7:6 are those of world 3.
    private const ulong Permissions = 0x28 + (4 * 0x20);

    private readonly RecordingFabric _fabric = new();
    private readonly WorldGuardChecker _checker;
    private readonly WorldGuardPort _port;
    private readonly AddressSpace _behind;
    private readonly CheckerCounters _counters;
    private readonly List<bool> _interrupts = [];
    private long _sequence;
    private ulong _now = 1000;

    public CheckerActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
        _checker = new WorldGuardChecker(new WorldGuardCheckerOptions("wgc", Agent, 4, WorldGuardConfiguration.Virt));
        var tree = new MemoryTree();
        _behind = tree.CreateSpace("behind", new ContainerRegion("behind"));
        _port = _checker.Protect(tree, "wgc.port", Base, Size, _behind);
        _counters = new CheckerCounters(_checker, Agent + 1);
    }

    private bool TrustedPasses => ReferenceEquals(_port.Translate(0, AccessKind.Load, 3).Target, _behind);

    [Fact]
    public void M1_the_new_configuration_is_visible_before_the_first_Invalidate_is_sent()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(4, 3);
        Assert.True(TrustedPasses);
        List<bool> seen = [];
        _fabric.Sending = message => seen.AddRange(message is Invalidate ? [TrustedPasses] : []);

        Write(actor, Permissions, 0);

        Assert.Equal([false], seen);
    }

    [Fact]
    public void M2_everybody_who_registered_for_an_index_in_scope_is_told_and_nobody_else()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(4, 3);
        _checker.Registry.Register(2, 3);
        _checker.Registry.Register(Writer, 3);
        _checker.Registry.Register(5, 1);

        Write(actor, Permissions, 0);

        var sent = _fabric.Take();
        Assert.Equal([Writer, 2, 4], sent.Select(message => message.To));
        Assert.All(sent, message =>
        {
            var invalidate = Assert.IsType<Invalidate>(message.Message);
            Assert.Equal((Agent, 1UL), (invalidate.Checker, invalidate.Epoch));
            Assert.Equal((Base, Base + Size - 1, 1UL << 3), (invalidate.First, invalidate.Last, invalidate.Indexes));
            Assert.Equal(_now + RegisterCost, message.SentAt);
        });
        Assert.Equal((1UL, 3UL), (_counters.Commits, _counters.Sent));
    }

    [Fact]
    public void M7_the_write_completes_with_the_last_acknowledgement()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(2, 3);
        _checker.Registry.Register(4, 3);
        Write(actor, Permissions, 0);
        ulong change = Assert.IsType<Invalidate>(_fabric.Take()[0].Message).Change;

        Acknowledge(actor, change, 4);
        Assert.Empty(_fabric.Take());

        _now = 1500;
        Acknowledge(actor, change, 2);
        Assert.Equal([(Agent, Writer, 1500UL, new RegisterDone(AccessResult.Ok, 0, change))], _fabric.Take());
        Assert.Equal((2UL, 480UL), (_counters.Acknowledged, _counters.Latency.Maximum));
    }

    [Fact]
    public void M9_duplicate_late_and_strange_acknowledgements_are_ignored()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(2, 3);
        _checker.Registry.Register(4, 3);
        Write(actor, Permissions, 0);
        ulong change = Assert.IsType<Invalidate>(_fabric.Take()[0].Message).Change;

        Acknowledge(actor, change, 2);
        Acknowledge(actor, change, 2);
        Acknowledge(actor, change, 7);
        Acknowledge(actor, change + 1, 4);
        Assert.Empty(_fabric.Take());

        Acknowledge(actor, change, 4);
        Acknowledge(actor, change, 4);
        Assert.Single(_fabric.Take());
        Assert.Equal(2UL, _counters.Acknowledged);
    }

    [Fact]
    public void A_change_that_nobody_holds_completes_at_once()
    {
        IActorRef actor = Start();

        Write(actor, Permissions, 0);

        Assert.IsType<RegisterDone>(Assert.Single(_fabric.Take()).Message);
        Assert.Equal((1UL, 0UL, 0UL), (_counters.Commits, _counters.Sent, _counters.Latency.Maximum));
    }

    [Fact]
    public void IV6_M12_writes_without_a_change_send_nothing_but_the_answer()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(2, 3);

        Write(actor, Permissions, 3UL << 6); // what it holds
        Write(actor, 0x10, 0); // ERRCAUSE
        Write(actor, 0x28 + 0x20, 0xFF); // PERM of a slot that is off

        var sent = _fabric.Take();
        Assert.Equal(3, sent.Count);
        Assert.All(sent, message => Assert.Equal(new RegisterDone(AccessResult.Ok, 0, 0), message.Message));
        Assert.Equal(0UL, _counters.Commits);
    }

    [Fact]
    public void Eventual_changes_complete_before_their_acknowledgements()
    {
        IActorRef actor = Start(acknowledged: false);
        _checker.Registry.Register(2, 3);
        _checker.Registry.Register(Writer, 3);

        Write(actor, Permissions, 0);

        // The writer's own Invalidate comes before its answer (RC13).
        var sent = _fabric.Take();
        Assert.Equal([typeof(Invalidate), typeof(Invalidate), typeof(RegisterDone)], sent.Select(message => message.Message.GetType()));
        ulong change = ((Invalidate)sent[0].Message).Change;
        Acknowledge(actor, change, 2);
        Acknowledge(actor, change, Writer);
        Assert.Empty(_fabric.Take());
        Assert.Equal(1, _counters.Latency.Count);
    }

    [Fact]
    public void Two_changes_of_one_checker_complete_each_on_its_own()
    {
        IActorRef actor = Start();
        _checker.Registry.Register(4, 3);
        Write(actor, Permissions, 0, writer: 1);
        Write(actor, Permissions, 3UL << 6, writer: 2);
        ulong[] changes = [.. _fabric.Take().Select(message => ((Invalidate)message.Message).Change)];

        Acknowledge(actor, changes[1], 4);
        Assert.Equal(2, Assert.Single(_fabric.Take()).To);
        Acknowledge(actor, changes[0], 4);
        Assert.Equal(1, Assert.Single(_fabric.Take()).To);
    }

    [Fact]
    public void A_refused_access_is_recorded_with_its_own_time_and_does_not_delay_others()
    {
        IActorRef actor = Start();
        Write(actor, Permissions + 8, 0x401); // CFG: TOR, IR
        _fabric.Take();
        ulong attributes = TransactionAttributes.Specified.WithWorld(1).ToBits();

        // It happened in the future of the registers: the reporter is ahead.
        Deliver(actor, new ViolationReport(Base + 8, 8, attributes, AccessKind.Load, false, true, 0, 4), at: 9000);
        Assert.Equal([true], _interrupts);
        _now = 2000;
        Read(actor, 0x10);

        var answer = Assert.Single(_fabric.Take());
        Assert.Equal(_now + RegisterCost, answer.SentAt);
        Assert.Equal(0x8000_0000_0000_0101UL, Assert.IsType<RegisterDone>(answer.Message).Value);
        Assert.Equal(0UL, _counters.Skew);
    }

    [Fact]
    public void A_message_that_comes_after_later_ones_counts_as_skew()
    {
        IActorRef actor = Start();
        _now = 5000;
        Read(actor, 8);
        _now = 4300;
        Read(actor, 8);

        Assert.Equal(700UL, _counters.Skew);
    }

    private IActorRef Start(bool acknowledged = true) => Sys.ActorOf(CheckerActor.Props(
        new AgentServices(_fabric, null, RegisterCost), _checker, null, acknowledged, _counters, (level, _) => _interrupts.Add(level), sanitizer: null));

    private void Write(IActorRef actor, ulong offset, ulong value, int writer = Writer) => Access(actor, AccessKind.Store, offset, value, writer);

    private void Read(IActorRef actor, ulong offset) => Access(actor, AccessKind.Load, offset, 0, Writer);

    private void Access(IActorRef actor, AccessKind kind, ulong offset, ulong value, int initiator)
    {
        int size = offset % 0x20 == 0x10 && offset > 0x20 ? 4 : offset == 8 ? 4 : 8;
        Deliver(actor, new RegisterAccess(initiator, offset, size, kind, TransactionAttributes.Specified.WithWorld(3).ToBits(), offset, value), _now);
    }

    private void Acknowledge(IActorRef actor, ulong change, int initiator) =>
        Deliver(actor, new InvalidateAck(change, initiator, _now, 1, 1, false), _now);

    private void Deliver(IActorRef actor, IAgentMessage message, ulong at)
    {
        actor.Tell(new Deliver(new Envelope(at, Writer, ++_sequence, Agent, at, message)), TestActor);
        ExpectMsg<Handled>();
    }
}
