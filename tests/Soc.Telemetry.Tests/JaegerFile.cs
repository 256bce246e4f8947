using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Soc.Telemetry.Tests;

/// <summary>Reads a trace file back as Jaeger's user interface takes it, and fails on everything that it would stumble over.</summary>
internal sealed partial class JaegerFile
{
    public JaegerFile(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement trace in document.RootElement.GetProperty("data").EnumerateArray())
        {
            Traces.Add(new Trace(trace));
        }
    }

    public List<Trace> Traces { get; } = [];

    public Trace Run => Traces[0];

    public IEnumerable<Trace> Named(string root) => Traces.Where(trace => trace.Root.Name == root);

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex TraceIdForm();

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex SpanIdForm();

    internal sealed class Trace
    {
        public Trace(JsonElement json)
        {
            Id = json.GetProperty("traceID").GetString()!;
            Assert.Matches(TraceIdForm(), Id);
            JsonElement processes = json.GetProperty("processes");
            foreach (JsonElement item in json.GetProperty("spans").EnumerateArray())
            {
                Assert.Equal(Id, item.GetProperty("traceID").GetString());
                var span = new Span(item, processes);
                Assert.Matches(SpanIdForm(), span.Id);
                Assert.True(Spans.TryAdd(span.Id, span), "two spans of the same id");
            }

            foreach (Span span in Spans.Values.Where(span => span.Parent is not null))
            {
                Assert.Contains(span.Parent!, Spans.Keys);
            }

            Root = Assert.Single(Spans.Values, span => span.Parent is null);
            foreach (JsonProperty process in processes.EnumerateObject())
            {
                Assert.NotEqual("", process.Value.GetProperty("serviceName").GetString());
                Assert.Equal(JsonValueKind.Array, process.Value.GetProperty("tags").ValueKind);
            }
        }

        public string Id { get; }

        public Span Root { get; }

        public Dictionary<string, Span> Spans { get; } = [];

        public List<Span> Children(Span of) => [.. Spans.Values.Where(span => span.Parent == of.Id)];
    }

    internal sealed class Span
    {
        public Span(JsonElement json, JsonElement processes)
        {
            Id = json.GetProperty("spanID").GetString()!;
            Name = json.GetProperty("operationName").GetString()!;
            Start = json.GetProperty("startTime").GetUInt64();
            Duration = json.GetProperty("duration").GetUInt64();
            Service = processes.GetProperty(json.GetProperty("processID").GetString()!).GetProperty("serviceName").GetString()!;
            foreach (JsonElement reference in json.GetProperty("references").EnumerateArray())
            {
                Assert.Equal("CHILD_OF", reference.GetProperty("refType").GetString());
                Assert.Equal(json.GetProperty("traceID").GetString(), reference.GetProperty("traceID").GetString());
                Parent = reference.GetProperty("spanID").GetString();
            }

            foreach (JsonElement tag in json.GetProperty("tags").EnumerateArray())
            {
                Tags.Add(tag.GetProperty("key").GetString()!, Text(tag));
            }

            foreach (JsonElement log in json.GetProperty("logs").EnumerateArray())
            {
                var fields = log.GetProperty("fields").EnumerateArray().ToDictionary(field => field.GetProperty("key").GetString()!, Text);
                Events.Add((log.GetProperty("timestamp").GetUInt64(), fields));
            }
        }

        public string Id { get; }

        public string? Parent { get; }

        public string Name { get; }

        public string Service { get; }

        public ulong Start { get; }

        public ulong Duration { get; }

        public Dictionary<string, string> Tags { get; } = [];

        public List<(ulong Time, Dictionary<string, string> Fields)> Events { get; } = [];

        // The type that is told must be the type that is there: Jaeger shows a wrong one as nothing.
        private static string Text(JsonElement tag)
        {
            JsonElement value = tag.GetProperty("value");
            return tag.GetProperty("type").GetString() switch
            {
                "string" => value.GetString()!,
                "bool" => value.GetBoolean() ? "true" : "false",
                "int64" => value.GetInt64().ToString(CultureInfo.InvariantCulture),
                var other => throw new InvalidDataException($"tag type {other}"),
            };
        }
    }
}
