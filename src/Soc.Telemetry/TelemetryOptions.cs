using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <summary>What is watched, how much of it is kept, and where it goes.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Name of the run, for the root span: usually the topology's.</summary>
    public string RunName { get; init; } = "run";

    /// <summary>The run's seed. Trace and span ids derive from it.</summary>
    public ulong Seed { get; init; }

    /// <summary>More about the run (topology, mode, quantum): attributes of the root span, in this order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RunAttributes { get; init; } = [];

    /// <summary>The trace file for Jaeger's upload form; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Export by OTLP; null for none. Nothing of OpenTelemetry is loaded without it.</summary>
    public OtlpOptions? Otlp { get; init; }

    /// <summary>
    /// Trace nanoseconds for one virtual nanosecond, at least 1. Jaeger resolves microseconds: the default, 1000, shows each virtual
    /// nanosecond as one microsecond.
    /// </summary>
    public int TimeScale { get; init; } = 1000;

    /// <summary>The instant that stands for virtual time 0. Fixed, so that a run's trace does not depend on when it ran.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Cells of each agent's ring.</summary>
    public int RingCapacity { get; init; } = EventRing.DefaultCapacity;

    /// <summary>One translation in this many is watched in detail, counted for each initiator by itself; 0 for none.</summary>
    public int TranslationInterval { get; init; } = 64;

    /// <summary>
    /// Sampled translations that the file keeps for each initiator. When they are more, every second one goes and the interval doubles: what
    /// stays covers the whole run evenly.
    /// </summary>
    public int TranslationsPerInitiator { get; init; } = 64;

    /// <summary>
    /// Spans of configuration changes (about 1.3 KiB each) that the file keeps for each checker: changes are kept whole from the first on, until the next
    /// one would pass this bound.
    /// </summary>
    public int ChangeSpansPerChecker { get; init; } = 8000;

    /// <summary>Refused accesses that the file keeps for each initiator: the first ones.</summary>
    public int RefusalsPerInitiator { get; init; } = 1024;

    /// <summary>Traps, interrupts, flushes, DMA descriptors and register accesses that the file keeps for each agent and sort: the first ones.</summary>
    public int OthersPerAgent { get; init; } = 128;

    /// <summary>The words for a refusal, by its number; null for none. Asked when the run is over.</summary>
    public Func<int, RefusalText?>? Refusals { get; init; }
}
