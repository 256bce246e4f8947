using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Soc.Actors.Agents;
using Soc.Actors.Faults;
using Soc.Actors.Input;
using Soc.Actors.Recording;
using Soc.Actors.Refusals;
using Soc.Actors.Summary;
using Soc.Actors.Time;
using Soc.Devices.Dma;
using Soc.Devices.Virtio;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.RiscV;
using Soc.Telemetry;
using Soc.Topology;

namespace Soc.Actors;

/// <summary>Runs one topology from reset to its end.</summary>
public static class SocRunner
{
    /// <summary>Runs a topology.</summary>
    /// <param name="topology">The validated topology.</param>
    /// <param name="options">Limits and outputs.</param>
    /// <param name="cancellation">Ends the run cleanly: the summary and the trace are still made.</param>
    /// <returns>How it ended and what was counted.</returns>
    /// <exception cref="ImageException">An image cannot be loaded.</exception>
    public static RunResult Run(SocTopology topology, RunOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(options);
        return RunAsync(topology, options, cancellation).GetAwaiter().GetResult();
    }

    private static async Task<RunResult> RunAsync(SocTopology topology, RunOptions options, CancellationToken cancellation)
    {
        HostClock? hostClock = topology.Mode == RunMode.Free ? new HostClock() : null;
        var ports = new SocPorts();
        var console = new ConsoleOutput(options.Console);
        using SystemModel model = SystemBuilder.Build(topology, new SystemPorts
        {
            SoftwareInterrupts = ports,
            ExternalInterrupts = ports,
            Timers = ports,
            Alarms = ports,
            Finisher = ports,
            Studies = ports,
            Violations = ports,
            Console = console,
            OpenDisk = options.OpenDisk,
            Clock = hostClock is null ? null : new FreeClock(hostClock),
        });
        ports.Refusals = options.Explain || options.Telemetry is not null ? new RefusalLog() : null;
        using TelemetryPipeline? pipeline = options.Telemetry is null
            ? null
            : new TelemetryPipeline(options.Telemetry with { Refusals = ports.Refusals!.TextOf });
        Assembly assembly = Assemble(model, ports, pipeline, hostClock, options.TimeLimit, options.Sanitize, options.Observer,
            model.ConsoleUart is null ? null : options.Input);
        options.Started?.Invoke(new RunInspector(model));
        if (options.Commits is { } commits)
        {
            foreach (Hart hart in model.Harts)
            {
                hart.UseCommitObserver(commits);
            }
        }

        long started = Stopwatch.GetTimestamp();
        RunEnd end = SanitizerSetup.Judge(await RunActorsAsync(assembly, topology, cancellation).ConfigureAwait(false), assembly.Sanitizer);
        TimeSpan hostTime = Stopwatch.GetElapsedTime(started);
        await console.DisposeAsync().ConfigureAwait(false);
        RunSummary summary = SummaryBuilder.Build(assembly, end, hostTime);
        if (pipeline is not null)
        {
            CountTotals(pipeline, assembly, summary);
        }

        return new RunResult(end, summary, pipeline?.Complete())
        {
            Refusals = options.Explain ? RefusalSummary.Of(model, ports.Refusals!) : [],
            RefusalsNotExplained = options.Explain ? ports.Refusals!.Dropped : 0,
        };
    }

    /// <summary>What agents count themselves, and the refusals that were too many for the rings.</summary>
    private static void CountTotals(TelemetryPipeline pipeline, Assembly assembly, RunSummary summary)
    {
        // What is still in the rings comes first: the earliest refusals are the ones that are kept.
        pipeline.Drain();
        for (int hart = 0; hart < summary.Harts.Count; hart++)
        {
            int agent = assembly.Model.Harts[hart].InitiatorId;
            pipeline.SetTotal(agent, "soc.instructions", (long)summary.Harts[hart].Instructions);
            pipeline.SetTotal(agent, "soc.tlb.hits", (long)summary.Harts[hart].TlbHits);
        }

        foreach (CheckerCounters checker in assembly.CheckerCounters)
        {
            for (int agent = 0; agent < assembly.Initiators.Length; agent++)
            {
                pipeline.AddRefusals(agent, (long)checker.RefusedBy[agent] - (long)Math.Min(checker.RefusedBy[agent], SocPorts.RefusalEvents));
            }
        }
    }

    internal static async Task<RunEnd> RunActorsAsync(Assembly assembly, SocTopology topology, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<RunEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        ActorSystem system = ActorSystem.Create("soc", Configuration(topology));
        IActorRef soc = system.ActorOf(SocActor.Props(assembly, done), "soc");
        RunEnd end;
        await using (cancellation.Register(Interrupt).ConfigureAwait(false))
        {
            end = await done.Task.ConfigureAwait(false);
        }

        await system.Terminate().ConfigureAwait(false);
        return end;

        void Interrupt()
        {
            assembly.StopTurns();
            soc.Tell(new RunEnd(RunOutcome.Interrupted, RunEnd.InterruptedExitCode, "interrupted"));
        }
    }

    private static int ThreadsOf(SocTopology topology) =>
        topology.Mode == RunMode.Lockstep && !topology.Parallel ? 1 : Math.Max(2, Environment.ProcessorCount);

    /// <summary>
    /// All actors of the SoC share one fork-join dispatcher with throughput 1: one thread in serial lockstep, one per core
    /// otherwise (never the default dispatcher, which starves actors that keep telling themselves to go on).
    /// </summary>
    private static Config Configuration(SocTopology topology)
    {
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              scheduler.tick-duration = 10ms
            }
            {{SocActor.Dispatcher}} {
              type = ForkJoinDispatcher
              throughput = 1
              dedicated-thread-pool {
                thread-count = {{ThreadsOf(topology)}}
                threadtype = background
              }
            }
            """);
    }

    internal static Assembly Assemble(
        SystemModel model, SocPorts ports, TelemetryPipeline? pipeline, HostClock? hostClock, ulong timeLimit, bool sanitize = false,
        IEventObserver? observer = null, IConsoleInput? input = null)
    {
        IInitiatorModel[] initiators =
        [
            .. model.Harts.Select(hart => new HartModel(hart, hostClock)),
            .. model.DmaEngines.Select(engine => new DmaModel(engine, model.TranslatorOf(engine.InitiatorId))),
            .. model.VirtioDevices.Select(device => new VirtioModel(device, model.TranslatorOf(device.InitiatorId))),
        ];
        var rings = new EventRing?[model.Agents.Count];
        if (pipeline is not null)
        {
            foreach (AgentInfo agent in model.Agents)
            {
                string strategy = agent.Kind is AgentKind.Hart or AgentKind.DmaEngine or AgentKind.VirtioDevice ? TopologyWords.Of(model.Topology.Strategy) : string.Empty;
                rings[agent.Id] = pipeline.Register(agent.Id, agent.Name, KindName(agent.Kind), strategy);
            }

            foreach (Hart hart in model.Harts)
            {
                hart.Tlb.Events = rings[hart.InitiatorId];
            }

            foreach (DmaEngine engine in model.DmaEngines)
            {
                engine.Tlb.Events = rings[engine.InitiatorId];
            }

            foreach (VirtioMmio device in model.VirtioDevices)
            {
                device.Tlb.Events = rings[device.InitiatorId];
            }
        }

        return new Assembly
        {
            Model = model,
            Ports = ports,
            Telemetry = pipeline,
            HostClock = hostClock,
            Threads = ThreadsOf(model.Topology),
            TimeLimit = timeLimit,
            Sanitizer = sanitize ? SanitizerSetup.Attach(model, rings) : null,
            Initiators = initiators,
            CheckerCounters = [.. model.Checkers.Select(checker => new CheckerCounters(checker, model.Agents.Count))],
            IommuCounters = [.. model.Iommus.Select(iommu => new IommuCounters(iommu))],
            Faults = FaultPlan.Of(model.Topology, model.Agents),
            Observer = observer,
            Input = input,
            Rings = rings,
            Skew = new ulong[model.Agents.Count],
            SliceTicks = new long[model.Agents.Count],
        };
    }

    private static string KindName(AgentKind kind) => kind switch
    {
        AgentKind.Hart => "hart",
        AgentKind.DmaEngine => "dma",
        AgentKind.VirtioDevice => "virtio",
        AgentKind.Iommu => "iommu",
        _ => "checker",
    };

    private sealed class FreeClock(HostClock clock) : IVirtualClock
    {
        public ulong Now => clock.Now;
    }
}
