using Soc.Actors.Refusals;
using Soc.Actors.Summary;
using Soc.Telemetry;

namespace Soc.Actors;

/// <summary>What a run leaves behind.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Summary">Counters of every part.</param>
/// <param name="Telemetry">What became of the trace; null when telemetry was off.</param>
public sealed record RunResult(RunEnd End, RunSummary Summary, TelemetryReport? Telemetry)
{
    /// <summary>Refused accesses with their explanations, in the order of virtual time; empty unless they were wanted.</summary>
    public IReadOnlyList<RefusalSummary> Refusals { get; init; } = [];

    /// <summary>Refused accesses beyond those that are explained.</summary>
    public ulong RefusalsNotExplained { get; init; }
}
