namespace Soc.Telemetry;

/// <summary>What became of a run's events.</summary>
public sealed record TelemetryReport
{
    /// <summary>Traces in the file.</summary>
    public int Traces { get; init; }

    /// <summary>Spans in the file.</summary>
    public long Spans { get; init; }

    /// <summary>Events lost because a ring was full.</summary>
    public long DroppedEvents { get; init; }

    /// <summary>Configuration changes that the file does not have because of its bounds.</summary>
    public long ChangesNotKept { get; init; }

    /// <summary>Refused accesses that the file does not have because of its bounds.</summary>
    public long RefusalsNotKept { get; init; }

    /// <summary>Configuration changes of which events are missing (lost, or the run ended inside them).</summary>
    public long IncompleteChanges { get; init; }

    /// <summary>The trace file; null when none was asked for or it could not be written.</summary>
    public string? File { get; init; }

    /// <summary>Why the file could not be written; null when it was, or none was asked for.</summary>
    public string? FileError { get; init; }

    /// <summary>Spans that the collector took.</summary>
    public long OtlpSent { get; init; }

    /// <summary>Spans that the collector did not get: queue full, refused or out of time.</summary>
    public long OtlpLost { get; init; }

    /// <summary>The same for a person, a sentence each.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}
