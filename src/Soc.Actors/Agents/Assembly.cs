using Soc.Actors.Faults;
using Soc.Actors.Input;
using Soc.Actors.Protocol;
using Soc.Actors.Recording;
using Soc.Actors.Time;
using Soc.Memory.Observation;
using Soc.Telemetry;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>Everything that the supervisor of one SoC connects.</summary>
internal sealed class Assembly
{
    private bool _isStopping;
    private int _awake;
    private ProtocolWatch? _watch;

    /// <summary>The plain model.</summary>
    public required SystemModel Model { get; init; }

    /// <summary>Callbacks of devices and sinks.</summary>
    public required SocPorts Ports { get; init; }

    /// <summary>Telemetry; null when off.</summary>
    public required TelemetryPipeline? Telemetry { get; init; }

    /// <summary>The stale-translation sanitizer; null when off.</summary>
    public Sanitizer? Sanitizer { get; init; }

    /// <summary>Virtual time of free mode; null in lockstep.</summary>
    public required HostClock? HostClock { get; init; }

    /// <summary>Threads that run the agents.</summary>
    public required int Threads { get; init; }

    /// <summary>Free mode: whether some thread has no initiator to run, so that whoever keeps its own keeps nobody waiting.</summary>
    public bool HasSpareThread => Volatile.Read(ref _awake) < Threads;

    /// <summary>Limit of virtual time, ns.</summary>
    public required ulong TimeLimit { get; init; }

    /// <summary>Harts, then DMA engines, in order of their agent numbers.</summary>
    public required IInitiatorModel[] Initiators { get; init; }

    /// <summary>Counters of each checker, in the model's order.</summary>
    public required CheckerCounters[] CheckerCounters { get; init; }

    /// <summary>Counters of each IOMMU, in the model's order.</summary>
    public IommuCounters[] IommuCounters { get; init; } = [];

    /// <summary>Rings by agent number; null entries when telemetry is off.</summary>
    public required EventRing?[] Rings { get; init; }

    /// <summary>Host stopwatch ticks that each initiator's slices took.</summary>
    public required long[] SliceTicks { get; init; }

    /// <summary>Largest lateness of a message at each initiator, ns.</summary>
    public required ulong[] Skew { get; init; }

    /// <summary>Faults to inject; null when there are none.</summary>
    public FaultPlan? Faults { get; init; }

    /// <summary>Knows which configuration changes are open.</summary>
    public ProtocolWatch Watch => _watch ??= new ProtocolWatch(Model.Topology, Model.Agents, [.. CheckerCounters, .. IommuCounters]);

    /// <summary>Sees every message that the clock hands out; null for nobody.</summary>
    public IEventObserver? Observer { get; init; }

    /// <summary>Where the console's input comes from; null for nowhere.</summary>
    public IConsoleInput? Input { get; init; }

    /// <summary>Number that stands for the outside world as a sender of messages: the one behind those of the agents.</summary>
    public int Outside => Model.Agents.Count;

    /// <summary>The run is to end now: whoever has a turn gives it back at its next poll.</summary>
    public bool IsStopping => Volatile.Read(ref _isStopping);

    /// <summary>Free mode: initiators begin to run, or park; any thread.</summary>
    /// <param name="change">How many more.</param>
    public void CountAwake(int change) => Interlocked.Add(ref _awake, change);

    /// <summary>Ends the turns that are under way, however long they are; any thread.</summary>
    public void StopTurns()
    {
        Volatile.Write(ref _isStopping, true);
        foreach (IInitiatorModel initiator in Initiators)
        {
            initiator.RequestExit();
        }
    }
}
