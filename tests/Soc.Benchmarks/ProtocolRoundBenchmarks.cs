using Akka.Actor;
using Akka.Configuration;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Soc.Actors;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Checkers.WorldGuard;
using Soc.Memory;
using Assembly = Soc.Actors.Agents.Assembly;
using Envelope = Soc.Actors.Messages.Envelope;
using Inbox = Soc.Actors.Agents.Inbox;

namespace Soc.Benchmarks;

/// <summary>
/// One acknowledged change in free mode, without guest code: register write, commit, Invalidate, re-arm, acknowledgements, done.
/// Broadcast: every initiator holds the translation; targeted: only four do, so only they are asked.
/// </summary>
[Config(typeof(FewRounds))]
public class ProtocolRoundBenchmarks
{
    private const int Rounds = 20;
    private const ulong Slot1Permissions = 0x48;
    private const ulong World1 = 0xC;

    private readonly AutoResetEvent _done = new(false);
    private readonly Inbox _answers;
    private readonly List<RoundInitiator> _initiators = [];
    private GuestMemory _memory = null!;
    private ActorSystem _system = null!;
    private FreeFabric _fabric = null!;
    private HostClock _clock = null!;
    private ulong _permissions = World1;
    private int _checker;

    /// <summary>The writer is the benchmark itself.</summary>
    public ProtocolRoundBenchmarks() => _answers = new Inbox(() => _done.Set());

    /// <summary>Initiators.</summary>
    [Params(1, 4, 16, 64, 256, 1024)]
    public int Initiators { get; set; }

    /// <summary>How many of a hundred sleep.</summary>
    [Params(0, 50, 100)]
    public int PercentParked { get; set; }

    /// <summary>Whether only four initiators had ever asked the checker.</summary>
    [Params(false, true)]
    public bool Targeted { get; set; }

    /// <summary>Builds the checker, its page, and the actors.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _checker = Initiators;
        int writer = Initiators + 1;
        _memory = new GuestMemory(0x10000);
        var tree = new MemoryTree();
        var inside = new ContainerRegion("downstream");
        inside.Add(0, new RamRegion("ram", _memory));
        var checker = new WorldGuardChecker(new WorldGuardCheckerOptions("checker", _checker, 4, WorldGuardConfiguration.Virt));
        var root = new ContainerRegion("bus");
        root.Add(0, checker.Protect(tree, "port", 0, 0x10000, tree.CreateSpace("downstream", inside)));
        AddressSpace bus = tree.CreateSpace("bus", root);

        _system = ActorSystem.Create("rounds", ConfigurationFactory.ParseString($$"""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            {{SocActor.Dispatcher}} {
              type = ForkJoinDispatcher
              throughput = 1
              dedicated-thread-pool { thread-count = {{Math.Max(2, Environment.ProcessorCount)}}, threadtype = background }
            }
            """));
        _clock = new HostClock();
        _fabric = new FreeFabric(Initiators + 2, _clock);
        var services = new AgentServices(_fabric, _clock, 0);
        var assembly = new Assembly
        {
            Model = null!,
            Ports = new SocPorts(),
            Telemetry = null,
            HostClock = _clock,
            Threads = Math.Max(2, Environment.ProcessorCount),
            TimeLimit = ulong.MaxValue,
            Initiators = [],
            CheckerCounters = [],
            Rings = [],
            SliceTicks = new long[Initiators + 2],
            Skew = new ulong[Initiators + 2],
        };
        var requests = new Inbox();
        Props owner = CheckerActor.Props(
            services, checker, null, acknowledged: true, new CheckerCounters(checker, Initiators + 2), null, inbox: requests);
        _system.ActorOf(owner.WithDispatcher(SocActor.Dispatcher), "checker");
        _fabric.Connect(_checker, requests);
        _fabric.Connect(writer, _answers);
        for (int id = 0; id < Initiators; id++)
        {
            var model = new RoundInitiator(id, bus, id * 100 < PercentParked * Initiators, !Targeted || id < 4);
            var inbox = new Inbox(model.RequestExit);
            IActorRef actor = _system.ActorOf(
                Props.Create(() => new RoundActor(services, model, inbox, assembly)).WithDispatcher(SocActor.Dispatcher), model.Name);
            _initiators.Add(model);
            _fabric.Connect(id, inbox);
            actor.Tell(Continue.Instance);
        }

        // Slot 1 covers the page for world 1: a NAPOT block of 4 KiB.
        Write(0x40, (0x4000 >> 2) | 0x1FF);
        Write(0x50, 3);
    }

    /// <summary>Stops the actors.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _system.Terminate().GetAwaiter().GetResult();
        _initiators.ForEach(initiator => initiator.Dispose());
        _memory.Dispose();
        _done.Dispose();
    }

    /// <summary>Changes in a row, each finished before the next.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public void Change()
    {
        for (int round = 0; round < Rounds; round++)
        {
            Write(Slot1Permissions, _permissions);
            _permissions ^= World1;
        }
    }

    private void Write(ulong offset, ulong value)
    {
        ulong attributes = TransactionAttributes.Specified.WithWorld(3).ToBits();
        _fabric.Send(Initiators + 1, _checker, _clock.Now, new RegisterAccess(
            Initiators + 1, offset, offset == 0x50 ? 4 : 8, AccessKind.Store, attributes, 0x0600_0000 + offset, value));
        while (!_answers.TryTake(out _))
        {
            _done.WaitOne();
        }
    }

    private sealed class RoundActor(AgentServices services, RoundInitiator model, Inbox inbox, Assembly assembly)
        : InitiatorActor(services, model, inbox, null, assembly)
    {
        protected override void Handle(Envelope envelope) => throw new InvalidOperationException($"unexpected: {envelope.Message}");

        protected override void RaiseDueTimers(ulong now)
        {
            // It has no timer.
        }
    }

    /// <summary>Rounds take up to tens of milliseconds: each iteration is one invocation, without a pilot.</summary>
    private sealed class FewRounds : ManualConfig
    {
        public FewRounds() => AddJob(Job.Dry
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(1)
            .WithIterationCount(5));
    }
}
