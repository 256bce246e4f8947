using Soc.Actors.Summary;
using Soc.Telemetry;

namespace Soc.Actors;

/// <summary>What a run leaves behind.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Summary">Counters of every part.</param>
/// <param name="Telemetry">What became of the trace; null when telemetry was off.</param>
public sealed record RunResult(RunEnd End, RunSummary Summary, TelemetryReport? Telemetry);
