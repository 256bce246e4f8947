namespace Soc.Telemetry;

/// <summary>One span as plain data, in virtual time: what both exporters are fed from.</summary>
/// <param name="Trace">Its trace.</param>
/// <param name="Id">Its id in the trace, not 0.</param>
/// <param name="Parent">Id of its parent, 0 for the root.</param>
/// <param name="Name">See telemetry/conventions.md.</param>
/// <param name="Agent">The agent as whose work it is shown; <see cref="Run"/> for the run itself.</param>
/// <param name="Start">Virtual ns.</param>
/// <param name="End">Virtual ns, not before <paramref name="Start"/>.</param>
internal sealed record SpanRecord(TraceId Trace, ulong Id, ulong Parent, string Name, int Agent, ulong Start, ulong End)
{
    /// <summary>In place of an agent number: the run.</summary>
    public const int Run = -1;

    /// <summary>What is told about it, in order.</summary>
    public List<SpanAttribute> Attributes { get; init; } = [];

    /// <summary>Instants in it, in order.</summary>
    public List<SpanEvent> Events { get; init; } = [];

    /// <summary>Shown as failed.</summary>
    public bool IsError { get; init; }
}
