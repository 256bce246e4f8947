using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Threading.Channels;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Soc.Telemetry;

/// <summary>
/// Sends spans and metrics to a collector. The only class that touches OpenTelemetry, so that a run without it does not load it.
/// </summary>
/// <remarks>
/// <para>Spans wait in a bounded queue; a thread of its own makes Activities of them and hands them over in batches. A resource belongs to a provider, and
/// Jaeger's services are resources: each agent has a provider and an exporter, made at its first span. OpenTelemetry's own batching would
/// need a thread for each of them and does not tell what it lost.</para>
/// <para>Activities get the deterministic trace ids; their span ids are the runtime's random ones, which it lets nobody choose.</para>
/// </remarks>
internal sealed class OtlpExport : IDisposable
{
    private const string RunService = "soc";

    // Spans in one request. A span is 0.5 to 1 KiB, and a collector's gRPC takes 4 MiB unless it is told otherwise.
    private const int SpansPerRequest = 4096;

    private readonly OtlpOptions _options;
    private readonly TraceClock _clock;
    private readonly SpanRecord _runStart;
    private readonly Channel<IReadOnlyList<SpanRecord>> _queue = Channel.CreateUnbounded<IReadOnlyList<SpanRecord>>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<int, AgentResource> _agents = [];
    private readonly Lock _agentsGate = new();
    private readonly Dictionary<int, Service> _services = [];
    private readonly ActivitySource _source = new("Soc");
    private readonly ActivityListener _listener;
    private readonly MeterProvider _meters;
    private readonly Thread _worker;
    private readonly CancellationTokenSource _giveUp = new();
    private Activity? _run;
    private SpanRecord? _runEnd;
    private long _waiting;
    private long _sent;
    private long _lost;
    private bool _disposed;

    /// <summary>Begins to export.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="clock">Trace time.</param>
    /// <param name="meter">The meter whose instruments are exported.</param>
    /// <param name="runStart">The run's root span, its end not known yet.</param>
    public OtlpExport(OtlpOptions options, TraceClock clock, Meter meter, SpanRecord runStart)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        _options = options;
        _clock = clock;
        _runStart = runStart;

        // A source gives nothing without a listener. This one hears its own source and not another run's of the same name; spans
        // are sampled long before they come here.
        _listener = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, _source),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
        Target = ExporterOptions("TRACES", "v1/traces").Endpoint.ToString();
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(RunService, autoGenerateServiceInstanceId: false);
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(meter.Name)
            // Another run in this process has a meter of the same name.
            .AddView(instrument => ReferenceEquals(instrument.Meter, meter) ? null : MetricStreamConfiguration.Drop)
            .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(ExporterOptions("METRICS", "v1/metrics"))))
            .Build();
        _worker = new Thread(Work) { IsBackground = true, Name = "OTLP export" };
        _worker.Start();
    }

    /// <summary>Where spans go, for people.</summary>
    public string Target { get; }

    /// <summary>Makes an agent known.</summary>
    public void Register(int id, string name, string kind)
    {
        lock (_agentsGate)
        {
            _agents.Add(id, new AgentResource(name, kind, OwnService: _agents.Count < _options.MaximumServices));
        }
    }

    /// <summary>Queues spans of one trace, parents before children. Full: dropped and counted.</summary>
    public void Offer(IReadOnlyList<SpanRecord> spans)
    {
        if (Interlocked.Add(ref _waiting, spans.Count) > _options.QueueSize || !_queue.Writer.TryWrite(spans))
        {
            Interlocked.Add(ref _waiting, -spans.Count);
            Interlocked.Add(ref _lost, spans.Count);
        }
    }

    /// <summary>Sends what waits, then the run's root span, and ends the export.</summary>
    /// <param name="run">The root span with its end.</param>
    /// <returns>Spans that the collector took, and that it did not get.</returns>
    public (long Sent, long Lost) Complete(SpanRecord run)
    {
        var clock = Stopwatch.StartNew();
        Volatile.Write(ref _runEnd, run);
        _queue.Writer.TryComplete();
        if (!_worker.Join(_options.FlushTimeout))
        {
            _giveUp.Cancel();
        }

        TimeSpan left = _options.FlushTimeout - clock.Elapsed;
        _meters.ForceFlush((int)Math.Max(1, left.TotalMilliseconds));
        return (Interlocked.Read(ref _sent), Interlocked.Read(ref _lost) + Interlocked.Read(ref _waiting));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _queue.Writer.TryComplete();
        _giveUp.Cancel();
        _meters.Dispose();

        // The worker may be inside an export that only its own time-out ends; it is a background thread and what it holds goes with it.
        if (_worker.Join(TimeSpan.FromSeconds(1)))
        {
            foreach (Service service in _services.Values)
            {
                service.Dispose();
            }

            _listener.Dispose();
            _source.Dispose();
            _giveUp.Dispose();
        }
    }

    private void Work()
    {
        _run = Begin(_runStart, default);
        bool open = true;
        while (open && !_giveUp.IsCancellationRequested)
        {
            // Blocks this thread, which has nothing else to do.
            try
            {
                open = _queue.Reader.WaitToReadAsync(_giveUp.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                return;
            }

            int batch = 0;
            while (batch < _options.BatchSize && _queue.Reader.TryRead(out IReadOnlyList<SpanRecord>? spans))
            {
                Collect(spans);
                batch += spans.Count;
            }

            Export(batch);
        }

        if (Volatile.Read(ref _runEnd) is { } end && !_giveUp.IsCancellationRequested)
        {
            Interlocked.Increment(ref _waiting);
            Finish(_run, end);
            ServiceOf(SpanRecord.Run).Batch.Add(_run);
            Export(1);
        }
    }

    private void Collect(IReadOnlyList<SpanRecord> spans)
    {
        var contexts = new Dictionary<ulong, ActivitySpanId>(spans.Count);
        foreach (SpanRecord span in spans)
        {
            ActivitySpanId parent = default;
            if (span.Parent != 0)
            {
                parent = contexts.TryGetValue(span.Parent, out ActivitySpanId known) ? known : _run!.SpanId;
            }

            Activity activity = Begin(span, parent);
            contexts[span.Id] = activity.SpanId;
            Finish(activity, span);
            ServiceOf(span.Agent).Batch.Add(activity);
        }
    }

    private Activity Begin(SpanRecord span, ActivitySpanId parent)
    {
        var context = new ActivityContext(ActivityTraceId.CreateFromString(span.Trace.ToString()), parent, ActivityTraceFlags.Recorded);
        Activity activity = _source.CreateActivity(span.Name, ActivityKind.Internal, context, idFormat: ActivityIdFormat.W3C)!;
        activity.SetStartTime(_clock.Instant(span.Start));
        activity.Start();
        Activity.Current = null;
        return activity;
    }

    private void Finish(Activity activity, SpanRecord span)
    {
        foreach (SpanAttribute attribute in span.Attributes)
        {
            activity.SetTag(attribute.Key, attribute.Value);
        }

        if (span.Agent != SpanRecord.Run)
        {
            activity.SetTag("soc.agent.id", (long)span.Agent);
        }

        foreach (SpanEvent item in span.Events)
        {
            activity.AddEvent(new ActivityEvent(
                item.Name, _clock.Instant(item.Time), [.. item.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, (object?)attribute.Value))]));
        }

        if (span.IsError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }

        // An Activity without a duration would be given the wall clock's when it stops: one tick (100 ns of trace time) at least.
        DateTime end = _clock.Instant(span.End);
        activity.SetEndTime(end > activity.StartTimeUtc ? end : activity.StartTimeUtc.AddTicks(1));
        activity.Stop();
        Activity.Current = null;
    }

    private void Export(int batch)
    {
        foreach (Service service in _services.Values.Distinct())
        {
            int count = service.Batch.Count;
            if (count > 0)
            {
                int sent = service.Export();
                Interlocked.Add(ref _sent, sent);
                Interlocked.Add(ref _lost, count - sent);
            }
        }

        Interlocked.Add(ref _waiting, -batch);
    }

    private Service ServiceOf(int agent)
    {
        if (_services.TryGetValue(agent, out Service? service))
        {
            return service;
        }

        AgentResource? resource;
        lock (_agentsGate)
        {
            _agents.TryGetValue(agent, out resource);
        }

        service = resource is { OwnService: true } own ? Make(own.Name, own.Kind)
            : agent == SpanRecord.Run ? Make(RunService, "run")
            : ServiceOf(SpanRecord.Run);
        _services.Add(agent, service);
        return service;
    }

    private Service Make(string name, string kind)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault()
            .AddService(name, serviceNamespace: RunService, autoGenerateServiceInstanceId: false)
            .AddAttributes([KeyValuePair.Create("soc.agent.kind", (object)kind)]);
        return new Service(new OtlpTraceExporter(ExporterOptions("TRACES", "v1/traces")), resource);
    }

    // The exporter's own options read the variables that hold for all signals; those of one signal are read here.
    private OtlpExporterOptions ExporterOptions(string signal, string path)
    {
        var options = new OtlpExporterOptions();
        string Of(string name) => Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{signal}_{name}") ?? "";
        string General(string name) => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_" + name) ?? "";
        if (Of("HEADERS") is { Length: > 0 } headers)
        {
            options.Headers = headers;
        }

        if (int.TryParse(Of("TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out int timeout))
        {
            options.TimeoutMilliseconds = timeout;
        }

        string protocol = Of("PROTOCOL") is { Length: > 0 } own ? own : General("PROTOCOL");
        OtlpExportProtocol? wanted = _options.Protocol switch
        {
            OtlpProtocol.Grpc => OtlpExportProtocol.Grpc,
            OtlpProtocol.HttpProtobuf => OtlpExportProtocol.HttpProtobuf,
            _ => protocol switch
            {
                "grpc" => OtlpExportProtocol.Grpc,
                "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
                _ => null,
            },
        };
        if (_options.Endpoint is { } endpoint)
        {
            bool hasPath = endpoint.AbsolutePath.Length > 1;
            options.Protocol = wanted ?? (hasPath || endpoint.Port == 4318 ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc);

            // A URL for both signals: each has its path below it. One that names a signal's path is taken to mean its parent.
            options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(BaseOf(endpoint), path) : endpoint;
            return options;
        }

        if (wanted is { } chosen)
        {
            options.Protocol = chosen;
        }

        if (Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out Uri? signalEndpoint))
        {
            options.Endpoint = signalEndpoint;
        }

        return options;
    }

    private static Uri BaseOf(Uri endpoint)
    {
        string url = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        foreach (string path in (ReadOnlySpan<string>)["/v1/traces", "/v1/metrics"])
        {
            if (url.EndsWith(path, StringComparison.Ordinal))
            {
                url = url[..^path.Length];
            }
        }

        return new Uri(url + "/");
    }

    private sealed record AgentResource(string Name, string Kind, bool OwnService);

    /// <summary>One service: a provider for its resource, an exporter, and the spans of the batch that is being made.</summary>
    private sealed class Service : IDisposable
    {
        private readonly Handover _handover;
        private readonly TracerProvider _provider;

        public Service(OtlpTraceExporter exporter, ResourceBuilder resource)
        {
            _handover = new Handover(exporter);
            _provider = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddProcessor(_handover).Build();
        }

        public List<Activity> Batch { get; } = [];

        public int Export()
        {
            int sent = 0;
            foreach (Activity[] part in Batch.Chunk(SpansPerRequest))
            {
                sent += _handover.Export(part) ? part.Length : 0;
            }

            Batch.Clear();
            return sent;
        }

        public void Dispose() => _provider.Dispose();
    }

    /// <summary>Gives the exporter its provider's resource; batches come from the worker, not from activities that end.</summary>
    private sealed class Handover(OtlpTraceExporter traces) : BaseExportProcessor<Activity>(traces)
    {
        public bool Export(Activity[] activities)
        {
            using IDisposable quiet = SuppressInstrumentationScope.Begin();
            return exporter.Export(new Batch<Activity>(activities, activities.Length)) == ExportResult.Success;
        }

        protected override void OnExport(Activity data)
        {
            // No source is listened to, so none arrives.
        }
    }
}
