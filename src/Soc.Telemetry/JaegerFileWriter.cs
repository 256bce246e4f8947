using System.Globalization;
using System.Text.Json;

namespace Soc.Telemetry;

/// <summary>
/// Writes traces in the JSON form that Jaeger's user interface exports and takes back by "upload": an object with "data", an array of traces of
/// spans with CHILD_OF references, times in microseconds and a table of processes. The bytes depend on the spans only.
/// </summary>
internal sealed class JaegerFileWriter : IDisposable
{
    private readonly Utf8JsonWriter _json;
    private readonly TraceClock _clock;
    private readonly Func<int, (string Service, string Kind)> _processOf;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="clock">Trace time.</param>
    /// <param name="processOf">Service and kind of an agent.</param>
    public JaegerFileWriter(Stream stream, TraceClock clock, Func<int, (string Service, string Kind)> processOf)
    {
        _clock = clock;
        _processOf = processOf;
        _json = new Utf8JsonWriter(stream);
        _json.WriteStartObject();
        _json.WriteStartArray("data");
    }

    /// <summary>Spans written.</summary>
    public long Spans { get; private set; }

    /// <summary>Traces written.</summary>
    public int Traces { get; private set; }

    /// <summary>Writes one trace; at least one span, all of the same trace.</summary>
    public void Write(IEnumerable<SpanRecord> spans)
    {
        var processes = new SortedSet<int>();
        TraceId? trace = null;
        _json.WriteStartObject();
        foreach (SpanRecord span in spans)
        {
            if (trace is null)
            {
                trace = span.Trace;
                _json.WriteString("traceID", span.Trace.ToString());
                _json.WriteStartArray("spans");
            }

            processes.Add(span.Agent);
            Write(span);
            Spans++;
            if (_json.BytesPending > 1 << 16)
            {
                _json.Flush();
            }
        }

        _json.WriteEndArray();
        _json.WriteStartObject("processes");
        foreach (int agent in processes)
        {
            (string service, string kind) = _processOf(agent);
            _json.WriteStartObject(ProcessId(agent));
            _json.WriteString("serviceName", service);
            _json.WriteStartArray("tags");
            Write(SpanAttribute.Of("service.namespace", "soc"));
            Write(SpanAttribute.Of("soc.agent.kind", kind));
            Write(SpanAttribute.Of("soc.agent.id", agent));
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        _json.WriteNull("warnings");
        _json.WriteEndObject();
        Traces++;
    }

    /// <summary>Ends the file.</summary>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.WriteNumber("total", 0);
        _json.WriteNumber("limit", 0);
        _json.WriteNumber("offset", 0);
        _json.WriteNull("errors");
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static string ProcessId(int agent) =>
        agent == SpanRecord.Run ? "run" : "p" + agent.ToString(CultureInfo.InvariantCulture);

    private static string Hex(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);

    private void Write(SpanRecord span)
    {
        ulong start = _clock.Microseconds(span.Start);
        _json.WriteStartObject();
        _json.WriteString("traceID", span.Trace.ToString());
        _json.WriteString("spanID", Hex(span.Id));
        _json.WriteNumber("flags", 1);
        _json.WriteString("operationName", span.Name);
        _json.WriteStartArray("references");
        if (span.Parent != 0)
        {
            _json.WriteStartObject();
            _json.WriteString("refType", "CHILD_OF");
            _json.WriteString("traceID", span.Trace.ToString());
            _json.WriteString("spanID", Hex(span.Parent));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteNumber("startTime", start);
        _json.WriteNumber("duration", _clock.Microseconds(span.End) - start);
        _json.WriteStartArray("tags");
        foreach (SpanAttribute attribute in span.Attributes)
        {
            Write(attribute);
        }

        if (span.IsError)
        {
            Write(SpanAttribute.Of("error", truth: true));
        }

        _json.WriteEndArray();
        _json.WriteStartArray("logs");
        foreach (SpanEvent item in span.Events)
        {
            _json.WriteStartObject();
            _json.WriteNumber("timestamp", _clock.Microseconds(item.Time));
            _json.WriteStartArray("fields");
            Write(SpanAttribute.Of("event", item.Name));
            foreach (SpanAttribute attribute in item.Attributes)
            {
                Write(attribute);
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteString("processID", ProcessId(span.Agent));
        _json.WriteNull("warnings");
        _json.WriteEndObject();
    }

    private void Write(in SpanAttribute attribute)
    {
        _json.WriteStartObject();
        _json.WriteString("key", attribute.Key);
        if (attribute.Text is { } text)
        {
            _json.WriteString("type", "string");
            _json.WriteString("value", text);
        }
        else if (attribute.IsTruth)
        {
            _json.WriteString("type", "bool");
            _json.WriteBoolean("value", attribute.Number != 0);
        }
        else
        {
            _json.WriteString("type", "int64");
            _json.WriteNumber("value", attribute.Number);
        }

        _json.WriteEndObject();
    }
}
