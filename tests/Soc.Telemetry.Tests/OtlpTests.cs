using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.Loader;

namespace Soc.Telemetry.Tests;

public sealed class OtlpTests : IDisposable
{
    // Nanoseconds since 1970 of the epoch, 2020-01-01.
    private const ulong Epoch = 1_577_836_800_000_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OtlpProtocol.HttpProtobuf)]
    [InlineData(OtlpProtocol.Grpc)]
    public async Task A_collector_gets_the_span_tree_of_one_invalidation(OtlpProtocol protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        Uri endpoint = protocol == OtlpProtocol.Grpc ? receiver.Grpc : receiver.Http;
        using var scenario = new Scenario(new TelemetryOptions
        {
            Seed = 42,
            TranslationInterval = 1,
            File = _folder["trace.json"],
            Otlp = new OtlpOptions { Endpoint = endpoint, Protocol = protocol },
        });
        scenario.Change();
        scenario.Translation();
        scenario.Refusal();
        TelemetryReport report = scenario.Pipeline.Complete();
        List<OtlpReceiver.Span> spans = receiver.Spans;
        Assert.Equal((report.Spans, 0L), (report.OtlpSent, report.OtlpLost));
        Assert.Equal(report.Spans, spans.Count);

        OtlpReceiver.Span root = Assert.Single(spans, span => span.Name == "iommu.reconfigure");
        Assert.Equal(("", "hart0", "soc"), (root.Parent, root.Service, root.Namespace));
        Assert.Equal((Epoch + 1_000_000, Epoch + 1_120_000), (root.Start, root.End));
        Assert.Equal([(Epoch + 1_040_000, "committed"), (Epoch + 1_100_000, "completed")], root.Events);
        List<OtlpReceiver.Span> children = [.. spans.Where(span => span.Parent == root.Id)];
        Assert.All(children, span => Assert.Equal(root.Trace, span.Trace));
        Assert.Equal(
            ["checker.commit wgchecker-dram", "checker.window wgchecker-dram", "tlb.invalidate dma0", "tlb.invalidate hart0", "tlb.invalidate hart1"],
            children.Select(span => $"{span.Name} {span.Service}").Order(StringComparer.Ordinal));
        OtlpReceiver.Span invalidate = children.Single(span => span is { Name: "tlb.invalidate", Service: "hart1" });
        Assert.Equal((Epoch + 1_042_000, Epoch + 1_090_000), (invalidate.Start, invalidate.End));
        Assert.Equal(("running", "257", "1"), (invalidate.Attributes["soc.recipient_state"], invalidate.Attributes["soc.entries_scanned"], invalidate.Attributes["soc.kinds_rearmed"]));
        Assert.Equal([(Epoch + 1_052_000, "rearm"), (Epoch + 1_090_000, "ack")], invalidate.Events);

        OtlpReceiver.Span run = Assert.Single(spans, span => span.Name == "run");
        OtlpReceiver.Span refused = Assert.Single(spans, span => span.Name == "access.refused");
        Assert.Equal((run.Trace, run.Id, true, "soc"), (refused.Trace, refused.Parent, refused.IsError, run.Service));
        Assert.Equal((Epoch, Epoch + 1_600_000), (run.Start, run.End));
        Assert.True(refused.End > refused.Start);

        // The file and the collector name traces alike.
        var file = new JaegerFile(report.File!);
        Assert.Equal(file.Traces.Select(trace => trace.Id).Order(StringComparer.Ordinal), spans.Select(span => span.Trace).Distinct().Order(StringComparer.Ordinal));

        var window = Assert.Single(receiver.Metrics, metric => metric.Name == "soc.reconfiguration.window");
        Assert.Equal("soc", window.Resource["service.name"]);
        ProtobufMessage point = window.Metric.Messages(9).Single().Messages(1).Single();
        Assert.Equal((1UL, 60.0), (point.Number(4), point.Double(5)));
        Assert.Equal("wgchecker-dram", point.Attributes(9)["soc.checker"]);
        Assert.Equal(25 * sizeof(double), point.Hex(7).Length / 2);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "", "OTEL_EXPORTER_OTLP_PROTOCOL")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "v1/traces", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")]
    public async Task The_standard_variables_say_where_to(string endpoint, string path, string protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        Environment.SetEnvironmentVariable(endpoint, new Uri(receiver.Http, path).ToString());
        Environment.SetEnvironmentVariable(protocol, "http/protobuf");
        try
        {
            using var scenario = new Scenario(new TelemetryOptions { Otlp = new OtlpOptions { FlushTimeout = TimeSpan.FromSeconds(5) } });
            scenario.Change();
            Assert.Equal(7, scenario.Pipeline.Complete().OtlpSent);
            Assert.Equal(7, receiver.Spans.Count);
        }
        finally
        {
            Environment.SetEnvironmentVariable(endpoint, null);
            Environment.SetEnvironmentVariable(protocol, null);
        }
    }

    [Fact]
    public async Task A_url_with_port_or_path_of_http_needs_no_protocol()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        using var scenario = new Scenario(new TelemetryOptions { Otlp = new OtlpOptions { Endpoint = new Uri(receiver.Http, "v1/traces") } });
        scenario.Change();
        Assert.Equal(7, scenario.Pipeline.Complete().OtlpSent);
        Assert.Contains(receiver.Metrics, metric => metric.Name == "soc.commits");
    }

    [Fact]
    public async Task Agents_beyond_the_bound_share_a_service_and_keep_their_names()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        using var scenario = new Scenario(new TelemetryOptions { Otlp = new OtlpOptions { Endpoint = receiver.Http, Protocol = OtlpProtocol.HttpProtobuf, MaximumServices = 1 } });
        scenario.Change();
        scenario.Pipeline.Complete();
        Assert.Equal(["hart0", "soc"], receiver.Spans.Select(span => span.Service).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["dma0", "hart0", "hart1"], receiver.Spans.Where(span => span.Name == "tlb.invalidate").Select(span => span.Attributes["soc.agent"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nobody_listening_costs_the_spans_and_not_the_run()
    {
        // A port that was free a moment ago and that nobody listens on.
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();

        var clock = Stopwatch.StartNew();
        using (var scenario = new Scenario(new TelemetryOptions
        {
            File = _folder["trace.json"],
            Otlp = new OtlpOptions { Endpoint = new Uri($"http://127.0.0.1:{port}"), Protocol = OtlpProtocol.HttpProtobuf, FlushTimeout = TimeSpan.FromSeconds(5) },
        }))
        {
            scenario.Change();
            TelemetryReport report = scenario.Pipeline.Complete();
            Assert.Equal((0L, 7L), (report.OtlpSent, report.OtlpLost));
            Assert.Equal(7, report.Spans);
            Assert.Contains(report.Lines, line => line.StartsWith("otlp: 0 spans sent", StringComparison.Ordinal) && line.EndsWith("7 lost", StringComparison.Ordinal));
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"took {clock.Elapsed}");
    }

    [Fact]
    public async Task A_queue_that_is_too_small_loses_whole_traces_and_counts_their_spans()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        using var scenario = new Scenario(new TelemetryOptions { Otlp = new OtlpOptions { Endpoint = receiver.Http, QueueSize = 5, Protocol = OtlpProtocol.HttpProtobuf } });
        scenario.Change();
        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Equal((1L, 6L), (report.OtlpSent, report.OtlpLost));
        Assert.Equal("run", Assert.Single(receiver.Spans).Name);
    }

    [Fact]
    public void Without_otlp_nothing_of_open_telemetry_is_loaded()
    {
        string folder = AppContext.BaseDirectory;
        var context = new IsolatedContext(folder);
        Assembly telemetry = context.LoadFromAssemblyPath(Path.Combine(folder, "Soc.Telemetry.dll"));
        Type type = telemetry.GetType("Soc.Telemetry.TelemetryPipeline")!;
        object options = Activator.CreateInstance(telemetry.GetType("Soc.Telemetry.TelemetryOptions")!)!;
        options.GetType().GetProperty("File")!.SetValue(options, _folder["isolated.json"]);
        using var pipeline = (IDisposable)Activator.CreateInstance(type, options)!;
        type.GetMethod("Register")!.Invoke(pipeline, [0, "hart0", "hart", ""]);
        type.GetMethod("Complete")!.Invoke(pipeline, null);
        Assert.True(File.Exists(_folder["isolated.json"]));
        Assert.Contains("Soc.Memory", context.Asked);
        Assert.DoesNotContain(context.Asked, name => name.StartsWith("OpenTelemetry", StringComparison.Ordinal));

        // The same question with OTLP has the other answer: what the test would miss, it sees.
        object otlp = Activator.CreateInstance(telemetry.GetType("Soc.Telemetry.OtlpOptions")!)!;
        otlp.GetType().GetProperty("FlushTimeout")!.SetValue(otlp, TimeSpan.FromMilliseconds(1));
        options.GetType().GetProperty("Otlp")!.SetValue(options, otlp);
        using var exporting = (IDisposable)Activator.CreateInstance(type, options)!;
        Assert.Contains(context.Asked, name => name.StartsWith("OpenTelemetry", StringComparison.Ordinal));
    }

    /// <summary>Loads the project's own and OpenTelemetry's assemblies once more, and notes which are asked for.</summary>
    private sealed class IsolatedContext(string folder) : AssemblyLoadContext("isolated")
    {
        public ConcurrentBag<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string name = assemblyName.Name!;
            Asked.Add(name);
            return name.StartsWith("Soc.", StringComparison.Ordinal) || name.StartsWith("OpenTelemetry", StringComparison.Ordinal)
                ? LoadFromAssemblyPath(Path.Combine(folder, name + ".dll"))
                : null;
        }
    }
}
