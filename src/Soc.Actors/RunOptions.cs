using Soc.Actors.Input;
using Soc.Actors.Recording;
using Soc.Devices.Virtio.Block;
using Soc.RiscV.Commits;
using Soc.Telemetry;

namespace Soc.Actors;

/// <summary>How to run a topology: what the command line may change.</summary>
public sealed record RunOptions
{
    /// <summary>Limit of virtual time, ns; <see cref="ulong.MaxValue"/> for none.</summary>
    public ulong TimeLimit { get; init; } = ulong.MaxValue;

    /// <summary>Sees every instruction that a hart retires; null for nobody.</summary>
    public ICommitObserver? Commits { get; init; }

    /// <summary>Telemetry; null switches it off.</summary>
    public TelemetryOptions? Telemetry { get; init; }

    /// <summary>Compares every access with an uncached walk: the stale-translation sanitizer.</summary>
    public bool Sanitize { get; init; }

    /// <summary>Explains refused accesses in <see cref="RunResult.Refusals"/>.</summary>
    public bool Explain { get; init; }

    /// <summary>Where the console UART's output goes.</summary>
    public required Stream Console { get; init; }

    /// <summary>Where the console UART's input comes from; null for nowhere.</summary>
    public IConsoleInput? Input { get; init; }

    /// <summary>Is given a means to look into the run when it begins.</summary>
    public Action<RunInspector>? Started { get; init; }

    /// <summary>Opens disk images; see <see cref="Soc.Topology.SystemPorts.OpenDisk"/>. Null = no disk has one.</summary>
    public Func<string, bool, IBlockBacking>? OpenDisk { get; init; }

    /// <summary>Sees every message that the clock hands out, in the total order; null for nobody. Lockstep only.</summary>
    public IEventObserver? Observer { get; init; }
}
