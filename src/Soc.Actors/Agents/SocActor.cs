using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Devices;
using Soc.Memory;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>
/// Supervises one simulated SoC: spawns the other actors, starts time, and stops everything when the run is over or when one
/// of them fails. A model bug is never papered over by a restart.
/// </summary>
internal sealed class SocActor : ReceiveActor, IWithTimers
{
    /// <summary>Name of the dispatcher in the actor system's configuration.</summary>
    public const string Dispatcher = "soc-dispatcher";

    private readonly Assembly _assembly;
    private readonly TaskCompletionSource<RunEnd> _done;
    private readonly List<IActorRef> _initiators = [];
    private readonly List<IActorRef> _checkers = [];
    private readonly List<Inbox?> _ownerInboxes = [];
    private IActorRef _clock = ActorRefs.Nobody;
    private IActorRef _telemetry = ActorRefs.Nobody;
    private RunEnd? _end;
    private int _running;

    public SocActor(Assembly assembly, TaskCompletionSource<RunEnd> done)
    {
        _assembly = assembly;
        _done = done;
        Receive<RunEnd>(OnEnd);
        Receive<Stopped>(_ => OnStopped());
        Receive<Look>(_ =>
        {
            foreach (IActorRef checker in _checkers)
            {
                checker.Tell(new LookForOverdue(_assembly.Watch));
            }
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(Assembly assembly, TaskCompletionSource<RunEnd> done) =>
        Akka.Actor.Props.Create(() => new SocActor(assembly, done)).WithDispatcher(Dispatcher);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_done.Task.IsCompleted)
        {
            return;
        }

        try
        {
            _telemetry = Spawn(TelemetryActor.Props(_assembly.Telemetry, _assembly.HostClock is not null), "soc.telemetry");
            if (_assembly.HostClock is null)
            {
                StartLockstep(_assembly.Model, _assembly.Outside + 1);
            }
            else
            {
                StartFree(_assembly.Outside + 1);
            }
        }
        catch (Exception exception)
        {
            // Nobody above would tell the caller, who would wait for ever.
            _done.TrySetResult(FailureOf("supervisor", exception));
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        _done.TrySetResult(FailureOf("supervisor", reason));
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception =>
    {
        // Names of actors are "number.name": nothing that a topology calls its parts can clash.
        string name = Sender.Path.Name;
        Self.Tell(FailureOf(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], exception));
        return Directive.Stop;
    });

    private static RunEnd FailureOf(string who, Exception exception)
    {
        // What an actor throws while it is made comes wrapped.
        Exception cause = exception is ActorInitializationException { InnerException: { } inner } ? inner : exception;
        return new RunEnd(
            RunOutcome.ModelFailure, RunEnd.ModelFailureExitCode, $"{who}: {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
    }

    private void StartLockstep(SystemModel model, int agents)
    {
        var order = new EventOrder(model.Topology.Seed, model.Topology.SeedUntil);
        var fabric = new LockstepFabric(agents, order, model.Topology.Timing.LinkLatency);
        var services = new AgentServices(Faulty(fabric), null, model.Topology.Timing.RegisterWrite);
        Inbox[] inboxes = SpawnAgents(services, order);
        List<ClockedInitiator> clocked = [.. _initiators.Select((actor, agent) => new ClockedInitiator(agent, actor, inboxes[agent]))];
        Dictionary<int, IActorRef> checkers = Owners().Zip(_checkers).ToDictionary(pair => pair.First, pair => pair.Second);
        _clock = Spawn(
            Akka.Actor.Props.Create(() => new ClockActor(
                order, fabric, model.Topology.Quantum, model.Topology.Parallel, _assembly.TimeLimit, clocked, checkers, _telemetry, _assembly.Rings,
                _assembly.Watch, _assembly.Observer, _assembly.Input, model.ConsoleUart, _assembly.Outside)),
            "soc.clock");
        _clock.Tell(StartClock.Instance);
    }

    private void StartFree(int agents)
    {
        var fabric = new FreeFabric(agents, _assembly.HostClock!);
        Inbox[] inboxes = SpawnAgents(new AgentServices(Faulty(fabric), _assembly.HostClock, 0), null);
        for (int agent = 0; agent < _initiators.Count; agent++)
        {
            fabric.Connect(agent, inboxes[agent]);
        }

        foreach ((int agent, Inbox? inbox) in Owners().Zip(_ownerInboxes))
        {
            fabric.Connect(agent, inbox!);
        }

        foreach (IActorRef initiator in _initiators)
        {
            initiator.Tell(Continue.Instance);
        }

        _assembly.Input?.Notify(() =>
        {
            // One caller at a time: what was offered first is sent first.
            lock (fabric)
            {
                if (_assembly.Input.Take(_assembly.HostClock!.Now) is { Length: > 0 } bytes)
                {
                    fabric.Send(_assembly.Outside, 0, _assembly.HostClock.Now, new ConsoleInput(bytes));
                }
            }
        });
        Timers.StartPeriodicTimer("watchdog", Look.Instance, _assembly.Watch.Period);
        if (_assembly.TimeLimit != ulong.MaxValue)
        {
            Timers.StartSingleTimer(
                "limit",
                RunEnd.TimeLimitReached(_assembly.TimeLimit),
                _assembly.HostClock!.Until(_assembly.TimeLimit));
        }
    }

    private IFabric Faulty(IFabric fabric) => _assembly.Faults?.Wrap(fabric) ?? fabric;

    private Inbox[] SpawnAgents(AgentServices services, EventOrder? order)
    {
        var inboxes = new Inbox[_assembly.Initiators.Length];
        for (int agent = 0; agent < inboxes.Length; agent++)
        {
            IInitiatorModel initiator = _assembly.Initiators[agent];
            inboxes[agent] = new Inbox(initiator.RequestExit, order);
            _initiators.Add(Spawn(
                initiator switch
                {
                    HartModel hart => HartActor.Props(services, hart, inboxes[agent], _assembly.Rings[agent], _assembly),
                    VirtioModel device => VirtioActor.Props(services, device, inboxes[agent], _assembly.Rings[agent], _assembly),
                    _ => DmaActor.Props(services, (DmaModel)initiator, inboxes[agent], _assembly.Rings[agent], _assembly),
                },
                $"{agent}.{initiator.Initiator.Name}"));
        }

        SystemModel model = _assembly.Model;
        for (int i = 0; i < model.Checkers.Count; i++)
        {
            IInterruptLine? line = model.InterruptLineOf(model.Checkers[i].AgentId);
            Action<bool, IInitiator>? interrupt = line is null ? null : line.Set;
            _checkers.Add(Spawn(
                CheckerActor.Props(
                    services, model.Checkers[i], _assembly.Rings[model.Checkers[i].AgentId],
                    model.Topology.GuaranteeOf(model.Topology.Checkers[i]) == GuaranteeLevel.Acknowledged, _assembly.CheckerCounters[i], interrupt, _assembly.Sanitizer, OwnerInbox(services),
                    model.Bus, _assembly.Ports.Refusals),
                $"{model.Checkers[i].AgentId}.{model.Checkers[i].Name}"));
        }

        for (int i = 0; i < model.Iommus.Count; i++)
        {
            IommuUnit iommu = model.Iommus[i];
            IEnumerable<(string Name, DmaIommuDescription? Iommu)> connections =
            [
                .. model.Topology.DmaEngines.Select(engine => (engine.Name, engine.Iommu)),
                .. model.Topology.VirtioDevices.Select(device => (device.Name, device.Iommu)),
            ];
            Dictionary<uint, int> devices = connections
                .Where(each => each.Iommu?.Iommu == iommu.Name)
                .SelectMany(each => each.Iommu!.DeviceIds.Select(id => (id, model.Agents.First(agent => agent.Name == each.Name).Id)))
                .ToDictionary(pair => pair.id, pair => pair.Id);
            _checkers.Add(Spawn(
                IommuActor.Props(
                    services, iommu, _assembly.Rings[iommu.InitiatorId], _assembly.IommuCounters[i], devices, (ulong)model.Topology.Timing.WalkStep,
                    _assembly.Sanitizer, OwnerInbox(services)),
                $"{iommu.InitiatorId}.{iommu.Name}"));
        }

        HartModel[] harts = [.. _assembly.Initiators.OfType<HartModel>()];
        _assembly.Ports.Connect(services.Fabric, harts, _assembly.Initiators, _assembly.CheckerCounters, _assembly.Rings, model.MachineTimer,
            model.AlarmDevices);
        return inboxes;
    }

    private Inbox? OwnerInbox(AgentServices services)
    {
        _ownerInboxes.Add(services.IsFree ? new Inbox() : null);
        return _ownerInboxes[^1];
    }

    /// <summary>Agent numbers of those who own registers and never run by themselves, in the order of their actors.</summary>
    private IEnumerable<int> Owners() =>
        _assembly.Model.Checkers.Select(checker => checker.AgentId).Concat(_assembly.Model.Iommus.Select(iommu => iommu.InitiatorId));

    private IActorRef Spawn(Props props, string name) => Context.ActorOf(props.WithDispatcher(Dispatcher), name);

    private void OnEnd(RunEnd end)
    {
        if (end.Outcome == RunOutcome.ModelFailure)
        {
            // Whatever else was under way: the one that failed will not answer any more.
            _assembly.StopTurns();
            _done.TrySetResult(end);
            return;
        }

        if (_end is not null)
        {
            return;
        }

        if (end.Outcome == RunOutcome.Interrupted && !_clock.IsNobody() && !Sender.Equals(_clock))
        {
            // The clock ends the run when the turn that is under way is over.
            _clock.Tell(Stop.Instance);
            return;
        }

        _end = end;
        StopAll(_initiators);
    }

    private void OnStopped()
    {
        if (--_running > 0)
        {
            return;
        }

        // Initiators first: then nobody sends to a checker any more.
        if (_checkers.Count > 0)
        {
            StopAll(_checkers);
            _checkers.Clear();
            return;
        }

        _done.TrySetResult(_end!);
    }

    private void StopAll(List<IActorRef> actors)
    {
        _running = actors.Count;
        foreach (IActorRef actor in actors)
        {
            actor.Tell(Stop.Instance);
        }
    }

    /// <summary>Free mode: time to look for changes that nobody finishes.</summary>
    private sealed record Look
    {
        public static Look Instance { get; } = new();
    }
}
