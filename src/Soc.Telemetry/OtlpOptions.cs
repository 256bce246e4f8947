namespace Soc.Telemetry;

/// <summary>
/// Export by OTLP. What is not said here comes from the standard OTEL_* variables (OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL, _HEADERS,
/// _TIMEOUT and their _TRACES_ and _METRICS_ forms, OTEL_RESOURCE_ATTRIBUTES, OTEL_METRIC_EXPORT_INTERVAL).
/// </summary>
public sealed record OtlpOptions
{
    /// <summary>Collector; null for the variables, and without them the local default of the protocol.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Wire form.</summary>
    public OtlpProtocol Protocol { get; init; }

    /// <summary>Spans that may wait for the exporter; more are dropped and counted.</summary>
    public int QueueSize { get; init; } = 65536;

    /// <summary>Spans handed to the exporter at once, at most.</summary>
    public int BatchSize { get; init; } = 8192;

    /// <summary>
    /// Agents that appear as a service of their own, in the order of registration; the spans of all others go to the service "soc" and are
    /// told apart by soc.agent. Bounds the connections to the collector.
    /// </summary>
    public int MaximumServices { get; init; } = 64;

    /// <summary>How long the end of a run waits for the collector.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
