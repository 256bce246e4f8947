namespace Soc.Telemetry;

/// <summary>An instant inside a span, in virtual ns.</summary>
internal sealed record SpanEvent(string Name, ulong Time, IReadOnlyList<SpanAttribute> Attributes);
