using Akka.Actor;
using Akka.TestKit.Xunit2;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Devices;
using Soc.Memory;

namespace Soc.Actors.Tests.Agents;

/// <summary>An initiator actor around a scripted model; the test is the clock and the checker.</summary>
public sealed class InitiatorActorTests : TestKit
{
    private const int Agent = 4;
    private const int Checker = 9;

    private readonly RecordingFabric _fabric = new();
    private readonly FakeInitiator _model = new();
    private readonly Inbox _inbox;
    private readonly Assembly _assembly;
    private long _sequence;

    public InitiatorActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
        _inbox = new Inbox(_model.RequestExit, new EventOrder(0));
        _assembly = new Assembly
        {
            Model = null!,
            Ports = new SocPorts(),
            Telemetry = null,
            HostClock = null,
            Threads = 1,
            TimeLimit = ulong.MaxValue,
            Initiators = [],
            CheckerCounters = [],
            Rings = [],
            SliceTicks = new long[Agent + 1],
            Skew = new ulong[Agent + 1],
        };
    }

    [Fact]
    public void M4_a_running_initiator_acknowledges_between_two_steps_at_the_time_of_delivery()
    {
        IActorRef actor = Start();
        _inbox.Put(Message(300, Invalidation(1)));

        Advanced advanced = Advance(actor, 1000);

        Assert.Equal(["Budget at 300", "rearm at 300", "Budget at 1000"], _model.Log);
        Assert.Equal((Agent, Checker, 300UL, new InvalidateAck(1, Agent, 300, 0, 1, false)), Assert.Single(_fabric.Take()));
        Assert.Equal((1000UL, 1000UL), (advanced.WantsAt, advanced.Now));
    }

    [Fact]
    public void RC8_M7_a_parked_initiator_acknowledges_without_running()
    {
        IActorRef actor = Start();
        _model.Program.Enqueue((10, SliceEnd.Parked));
        Assert.Equal(ulong.MaxValue, Advance(actor, 1000).WantsAt);
        _inbox.Put(Message(1500, Invalidation(1)));

        Advanced advanced = Advance(actor, 2000);

        Assert.Equal(["Parked at 10", "rearm at 1500"], _model.Log);
        Assert.True(Assert.IsType<InvalidateAck>(Assert.Single(_fabric.Take()).Message).Parked);
        Assert.Equal(ulong.MaxValue, advanced.WantsAt);
    }

    [Fact]
    public void M8_an_initiator_that_waits_for_its_own_transaction_serves_invalidations()
    {
        IActorRef actor = Start();
        _model.Program.Enqueue((100, SliceEnd.Transaction));
        Assert.Equal(ulong.MaxValue, Advance(actor, 1000).WantsAt);
        var access = Assert.IsType<RegisterAccess>(Assert.Single(_fabric.Take()).Message);
        Assert.Equal((Agent, 8UL, 5UL), (access.Initiator, access.Offset, access.Value));

        // Own and foreign changes: both before the answer.
        _inbox.Put(Message(150, Invalidation(1)));
        _inbox.Put(Message(160, Invalidation(2)));
        Advance(actor, 1000);
        Assert.Equal(2, _fabric.Take().Count);

        _inbox.Put(Message(200, new RegisterDone(AccessResult.Ok, 0, 1)));
        Advance(actor, 1000);

        Assert.Equal(["Transaction at 100", "rearm at 150", "rearm at 160", "complete at 200", "Budget at 1000"], _model.Log);
    }

    [Fact]
    public void M9_an_old_or_repeated_Invalidate_is_acknowledged_again()
    {
        IActorRef actor = Start();
        _inbox.Put(Message(10, Invalidation(1)));
        _inbox.Put(Message(20, Invalidation(1)));

        Advance(actor, 100);

        Assert.Equal([1UL, 1UL], _fabric.Take().Select(message => ((InvalidateAck)message.Message).Change));
    }

    [Fact]
    public void A_sleeper_runs_when_its_timer_fires_even_if_messages_follow_in_the_same_window()
    {
        IActorRef actor = Start();
        _model.Timer = 400;
        _model.Program.Enqueue((10, SliceEnd.Parked));
        _inbox.Put(Message(400, Invalidation(1)));
        _inbox.Put(Message(700, Invalidation(2)));

        Advance(actor, 1000);

        Assert.Equal(["Parked at 10", "rearm at 400", "Budget at 700", "rearm at 700", "Budget at 1000"], _model.Log);
    }

    [Fact]
    public void A_sleeper_whose_timer_fires_first_runs_first()
    {
        IActorRef actor = Start();
        _model.Timer = 400;
        _model.Program.Enqueue((10, SliceEnd.Parked));
        _inbox.Put(Message(700, Invalidation(1)));

        Advance(actor, 1000);

        Assert.Equal(["Parked at 10", "Budget at 700", "rearm at 700", "Budget at 1000"], _model.Log);
        Assert.False(Assert.IsType<InvalidateAck>(Assert.Single(_fabric.Take()).Message).Parked);
    }

    [Fact]
    public void A_message_that_may_be_what_a_sleeper_waits_for_wakes_it()
    {
        IActorRef actor = Start();
        _model.Program.Enqueue((10, SliceEnd.Parked));
        _inbox.Put(Message(300, new InterruptLevel(HartInterruptLine.MachineSoftware, true, 1)));

        Advance(actor, 1000);

        Assert.Equal(["Parked at 10", "handle at 300", "Budget at 1000"], _model.Log);
    }

    [Fact]
    public void A_spin_passes_time_up_to_the_next_message_or_timer()
    {
        IActorRef actor = Start();
        _model.Timer = 600;
        _model.Program.Enqueue((10, SliceEnd.Spin));
        _model.Program.Enqueue((10, SliceEnd.Spin));
        _inbox.Put(Message(300, Invalidation(1)));

        Advance(actor, 1000);

        Assert.Equal(["Spin at 10", "rearm at 300", "Spin at 310", "Budget at 1000"], _model.Log);
        Assert.Equal(600UL, _model.Timer);
    }

    [Fact]
    public void A_late_message_counts_as_skew()
    {
        IActorRef actor = Start();
        Advance(actor, 1000);
        _inbox.Put(Message(400, Invalidation(1)));
        Advance(actor, 2000);

        Assert.Equal(600UL, _assembly.Skew[Agent]);
    }

    [Fact]
    public void Whoever_ends_the_run_has_no_further_turn()
    {
        IActorRef actor = Start();
        _model.Program.Enqueue((10, SliceEnd.Stopped));

        Assert.Equal(new RunEnd(RunOutcome.Stuck, 3, "stopped"), Advance(actor, 1000).Finished);
        Assert.Equal("stopped", Advance(actor, 2000).Finished!.Reason);
        Assert.Equal(["Stopped at 10"], _model.Log);
    }

    [Fact]
    public void Free_mode_RC8_a_parked_initiator_is_woken_to_acknowledge_and_parks_again()
    {
        var inbox = new Inbox(_model.RequestExit);
        for (int i = 0; i < 10; i++)
        {
            _model.Program.Enqueue((10, SliceEnd.Parked));
        }

        IActorRef actor = Sys.ActorOf(TestInitiator.Props(new AgentServices(_fabric, new HostClock(), 0), _model, inbox, _assembly));
        actor.Tell(Continue.Instance);
        for (ulong change = 1; change <= 5; change++)
        {
            inbox.Post(Message(0, Invalidation(change)));
            AwaitCondition(() => (ulong)_fabric.Sent.Count == change, TimeSpan.FromSeconds(20));
        }

        Assert.Equal(Enumerable.Range(1, 5), _fabric.Take().Select(message => (int)((InvalidateAck)message.Message).Change));
    }

    [Fact]
    public void Free_mode_M3_a_running_initiator_acknowledges_at_its_next_poll()
    {
        var inbox = new Inbox(_model.RequestExit);
        _model.Running = () => Thread.Sleep(1);
        IActorRef actor = Sys.ActorOf(TestInitiator.Props(new AgentServices(_fabric, new HostClock(), 0), _model, inbox, _assembly));
        actor.Tell(Continue.Instance);
        for (ulong change = 1; change <= 20; change++)
        {
            inbox.Post(Message(0, Invalidation(change)));
        }

        AwaitCondition(() => _fabric.Sent.Count == 20, TimeSpan.FromSeconds(20));
        actor.Tell(Stop.Instance, TestActor);
        ExpectMsg<Stopped>(TimeSpan.FromSeconds(20));
        Assert.Equal(20, _model.Log.Count(line => line.StartsWith("rearm", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Free_mode_a_timer_that_is_due_soon_or_already_wakes_a_sleeper(int milliseconds)
    {
        var clock = new HostClock();
        var inbox = new Inbox(_model.RequestExit);
        _model.Timer = (ulong)milliseconds * 1_000_000 + 1;
        int runs = 0;
        _model.Running = () => Interlocked.Increment(ref runs);
        _model.Program.Enqueue((0, SliceEnd.Parked));
        IActorRef actor = Sys.ActorOf(TestInitiator.Props(new AgentServices(_fabric, clock, 0), _model, inbox, _assembly));
        actor.Tell(Continue.Instance);

        AwaitCondition(() => Volatile.Read(ref runs) > 1, TimeSpan.FromSeconds(20));
        actor.Tell(Stop.Instance, TestActor);
        ExpectMsg<Stopped>(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void In_free_mode_an_initiator_counts_as_awake_from_its_first_slice_until_it_parks()
    {
        var clock = new HostClock();
        var inbox = new Inbox(_model.RequestExit);
        List<bool> spare = [];
        _model.Running = () => spare.Add(_assembly.HasSpareThread);
        _model.Program.Enqueue((10, SliceEnd.Budget));
        _model.Program.Enqueue((10, SliceEnd.Budget));
        _model.Program.Enqueue((10, SliceEnd.Parked));
        IActorRef actor = Sys.ActorOf(TestInitiator.Props(new AgentServices(_fabric, clock, 0), _model, inbox, _assembly));
        Assert.True(_assembly.HasSpareThread);

        actor.Tell(Continue.Instance);
        AwaitCondition(() => spare.Count == 3 && _assembly.HasSpareThread);

        Assert.Equal([false, false, false], spare);
        inbox.Nudge();
        AwaitCondition(() => spare.Count > 3);
    }

    private static Invalidate Invalidation(ulong change) => new(change, Checker, change, 0, ulong.MaxValue, ulong.MaxValue, AccessKinds.All);

    private Envelope Message(ulong at, IAgentMessage message) => new(at, Checker, ++_sequence, Agent, at, message);

    private IActorRef Start() => Sys.ActorOf(TestInitiator.Props(new AgentServices(_fabric, null, 0), _model, _inbox, _assembly));

    private Advanced Advance(IActorRef actor, ulong until)
    {
        actor.Tell(new Advance(until), TestActor);
        return ExpectMsg<Advanced>();
    }

    private sealed class TestInitiator(AgentServices services, FakeInitiator model, Inbox inbox, Assembly assembly)
        : InitiatorActor(services, model, inbox, null, assembly)
    {
        public static Props Props(AgentServices services, FakeInitiator model, Inbox inbox, Assembly assembly) =>
            Akka.Actor.Props.Create(() => new TestInitiator(services, model, inbox, assembly));

        protected override void Handle(Envelope envelope) => model.Log.Add($"handle at {model.Cycles}");

        protected override void RaiseDueTimers(ulong now)
        {
            // The fake has no interrupt lines.
        }
    }
}
