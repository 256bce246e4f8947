using System.Globalization;
using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <summary>
/// Takes the model's events out of the rings and makes traces and metrics of them. Plain code for one caller at a time: an actor, or a
/// test. Agents register before they run; <see cref="Drain"/> is called now and then while they run; <see cref="Complete"/> once at the end.
/// </summary>
/// <remarks>
/// As long as no ring overflows, the file depends on the events only, neither on when <see cref="Drain"/> was called nor on which ring was drained first:
/// what is kept is decided by each source's own count, and traces are put in the order of virtual time, sort, source and correlation.
/// </remarks>
public sealed class TelemetryPipeline : IDisposable
{
    // Details of one translation that are kept: 8 checkers, 5 levels, and nested walks of an IOMMU.
    private const int MaximumDetails = 64;

    // Changes of which something is missing; the oldest is closed as it is when there are more.
    private const int MaximumOpenChanges = 4096;

    private readonly TelemetryOptions _options;
    private readonly SortedDictionary<int, Agent> _agents = [];
    private readonly List<Agent> _ringed = [];
    private readonly Dictionary<ulong, Change> _open = [];
    private readonly Queue<ulong> _openOrder = new();
    private readonly List<Change> _closed = [];
    private readonly Dictionary<(int Agent, string Counter), long> _totals = [];
    private readonly ModelEvent[] _buffer = new ModelEvent[512];
    private readonly TraceBuilder _builder;
    private readonly OtlpExport? _otlp;
    private Instruments? _instruments;
    private bool _counting;
    private ulong _end;
    private long _changesNotKept;
    private long _incomplete;
    private TelemetryReport? _report;

    /// <summary>Makes a pipeline. Opens nothing yet, but begins to export when OTLP is asked for.</summary>
    /// <param name="options">What is watched and where it goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number in the options makes no sense.</exception>
    public TelemetryPipeline(TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TimeScale, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TranslationInterval);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TranslationsPerInitiator, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.ChangeSpansPerChecker);
        ArgumentOutOfRangeException.ThrowIfNegative(options.RefusalsPerInitiator);
        ArgumentOutOfRangeException.ThrowIfNegative(options.OthersPerAgent);
        _options = options;
        _builder = new TraceBuilder(options, NameOf);
        if (options.Otlp is { } otlp)
        {
            _otlp = new OtlpExport(otlp, new TraceClock(options.Epoch, options.TimeScale), Metrics.Meter, _builder.Run(0));
        }
    }

    /// <summary>Makes an agent known and gives it the ring that it writes to.</summary>
    /// <param name="agentId">Agent number, 0 to 65535, not registered before.</param>
    /// <param name="name">Name from the topology: the service in Jaeger.</param>
    /// <param name="kind">hart, dma, checker, iommu or device.</param>
    /// <param name="strategy">Strategy of its private TLB; empty when it has none.</param>
    public EventRing Register(int agentId, string name, string kind, string strategy = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(strategy);
        if (_agents.ContainsKey(agentId))
        {
            throw new ArgumentException($"Agent {agentId} is registered already.", nameof(agentId));
        }

        var ring = new EventRing(agentId, _options.RingCapacity, (ulong)_options.TranslationInterval);
        var agent = new Agent(agentId, name, kind, strategy, ring);
        _agents.Add(agentId, agent);
        _ringed.Add(agent);
        _otlp?.Register(agentId, name, kind);
        return ring;
    }

    /// <summary>
    /// Sets a total that an agent counts by itself (instructions, TLB hits): the metric of that name grows to it.
    /// </summary>
    /// <param name="agentId">The agent.</param>
    /// <param name="counter">Name of the metric, as in telemetry/conventions.md.</param>
    /// <param name="total">Never smaller than before.</param>
    public void SetTotal(int agentId, string counter, long total)
    {
        _totals.TryGetValue((agentId, counter), out long before);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, before);
        if (total > before)
        {
            Metrics.Add(counter, agentId, total - before);
            _totals[(agentId, counter)] = total;
        }
    }

    /// <summary>Counts refused accesses that were too many to be written as events, before <see cref="Complete"/>.</summary>
    /// <param name="agentId">Who was refused.</param>
    /// <param name="count">How many.</param>
    public void AddRefusals(int agentId, long count)
    {
        if (count > 0)
        {
            AgentOf(agentId).Offered[(int)ModelEventType.Refused] += count;
            Metrics.Add("soc.refusals", agentId, count);
        }
    }

    /// <summary>Takes everything out of the rings that is there now.</summary>
    /// <returns>Number of events taken.</returns>
    public int Drain()
    {
        int all = 0;
        _counting = Metrics.IsListenedTo;
        foreach (Agent agent in _ringed)
        {
            // No more than was there at first: a busy writer must not hold the others up.
            int left = agent.Ring!.Count;
            while (left > 0)
            {
                int taken = agent.Ring.Drain(_buffer.AsSpan(0, Math.Min(left, _buffer.Length)));
                foreach (ref readonly ModelEvent item in _buffer.AsSpan(0, taken))
                {
                    Take(agent, item);
                }

                all += taken;
                left -= taken;
            }
        }

        CloseOldest();
        if (_counting)
        {
            foreach (Agent agent in _ringed)
            {
                SetTotal(agent.Id, "soc.telemetry.dropped", agent.Ring!.Dropped);
            }

            Metrics.Publish();
        }

        return all;
    }

    /// <summary>
    /// Drains for the last time, writes the file and waits for the exporter (no longer than its time). A second call gives the same report.
    /// </summary>
    /// <returns>What became of the events. A file that cannot be written is told there and not thrown.</returns>
    public TelemetryReport Complete()
    {
        if (_report is not null)
        {
            return _report;
        }

        while (Drain() > 0)
        {
        }

        foreach (Agent agent in _ringed)
        {
            CloseDetails(agent);
        }

        foreach (ulong id in _openOrder)
        {
            if (_open.Remove(id, out Change? change))
            {
                Close(change);
            }
        }

        _openOrder.Clear();
        (long sent, long lost) = _otlp?.Complete(_builder.Run(_end)) ?? (0, 0);
        var report = new TelemetryReport
        {
            DroppedEvents = DroppedEvents(),
            ChangesNotKept = _changesNotKept,
            RefusalsNotKept = _ringed.Sum(agent => Math.Max(0, agent.Offered[(int)ModelEventType.Refused] - _options.RefusalsPerInitiator)),
            IncompleteChanges = _incomplete,
            OtlpSent = sent,
            OtlpLost = lost,
        };
        if (_options.File is { } file)
        {
            report = WriteFile(file, report);
        }

        _report = report with { Lines = Describe(report) };
        return _report;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _otlp?.Dispose();
        _instruments?.Dispose();
    }

    // Made at the first use: instruments take milliseconds, which the start of a run does not have to wait for.
    private Instruments Metrics => _instruments ??= new Instruments(NameOf);

    private string NameOf(int agent) => agent == SpanRecord.Run ? "soc" : AgentOf(agent).Name;

    private (string Service, string Kind) ProcessOf(int agent) =>
        agent == SpanRecord.Run ? ("soc", "run") : (AgentOf(agent).Name, AgentOf(agent).Kind);

    private Agent AgentOf(int id)
    {
        if (!_agents.TryGetValue(id, out Agent? agent))
        {
            agent = new Agent(id, "agent" + id.ToString(CultureInfo.InvariantCulture), "unknown", "", ring: null);
            _agents.Add(id, agent);
        }

        return agent;
    }

    private long DroppedEvents() => _ringed.Sum(agent => agent.Ring!.Dropped);

    private void Take(Agent agent, in ModelEvent item)
    {
        _end = Math.Max(_end, Math.Max(item.Start, item.End));
        if (_counting)
        {
            Metrics.Count(agent, item);
        }

        switch (item.Type)
        {
            case ModelEventType.Walk:
            case ModelEventType.WalkLevel:
            case ModelEventType.Translate:
                TakeDetail(agent, item);
                break;
            case ModelEventType.LazyTranslation:
                TakeTranslation(agent, item);
                break;
            case ModelEventType.Rearm:
            case ModelEventType.Commit:
            case ModelEventType.InvalidateSent:
            case ModelEventType.InvalidateAcknowledged:
            case ModelEventType.ChangeCompleted:
            case ModelEventType.IommuCommand:
            case ModelEventType.IommuFence:
            case ModelEventType.RegisterWrite when item.Correlation != 0:
            case ModelEventType.IommuInvalidateSent when item.Correlation != 0:
            case ModelEventType.IommuInvalidated when item.Correlation != 0:
            case ModelEventType.IommuAcknowledged when item.Correlation != 0:
                TakeChange(agent, item);
                break;
            case ModelEventType.Refused:
                TakeOther(agent, item, _options.RefusalsPerInitiator);
                break;
            case ModelEventType.RegisterWrite:
            case ModelEventType.Flush:
            case ModelEventType.Interrupt:
            case ModelEventType.Trap:
            case ModelEventType.DmaDescriptor:
            case ModelEventType.StaleUse:
            case ModelEventType.IommuTranslation:
            case ModelEventType.IommuInvalidateSent:
            case ModelEventType.IommuInvalidated:
            case ModelEventType.IommuAcknowledged:
                TakeOther(agent, item, _options.OthersPerAgent);
                break;
            default:
                throw new InvalidOperationException($"{agent.Name} wrote an event of type {item.Type}.");
        }
    }

    private void TakeDetail(Agent agent, in ModelEvent item)
    {
        if (agent.Details.Count > 0 && agent.Details[0].Correlation != item.Correlation)
        {
            CloseDetails(agent);
        }

        if (agent.Details.Count < MaximumDetails)
        {
            agent.Details.Add(item);
        }
    }

    private void TakeTranslation(Agent agent, in ModelEvent item)
    {
        if (agent.Details.Count > 0 && agent.Details[0].Correlation != item.Correlation)
        {
            CloseDetails(agent);
        }

        if (agent.Details.Count > 0 || agent.Ring!.IsDetailed(item.Correlation))
        {
            agent.Details.Add(item);
            CloseDetails(agent);
        }
    }

    private void CloseDetails(Agent agent)
    {
        if (agent.Details.Count == 0)
        {
            return;
        }

        ulong number = agent.Details[0].Correlation;
        if (IsSampled(agent, number))
        {
            ModelEvent[] events = [.. agent.Details];
            agent.Translations.Add(events);
            while (agent.Translations.Count > _options.TranslationsPerInitiator)
            {
                agent.Thinning *= 2;
                agent.Translations.RemoveAll(kept => !IsSampled(agent, kept[0].Correlation));
            }

            _otlp?.Offer(_builder.Build(events));
        }

        agent.Details.Clear();
    }

    private bool IsSampled(Agent agent, ulong number) =>
        (number - 1) % ((ulong)Math.Max(1, _options.TranslationInterval) * agent.Thinning) == 0;

    private void TakeOther(Agent agent, in ModelEvent item, int bound)
    {
        ulong ordinal = ++agent.Ordinal;
        if (agent.Offered[(int)item.Type]++ < bound)
        {
            agent.Others.Add((item, ordinal));
        }

        _otlp?.Offer([_builder.Other(item, ordinal)]);
    }

    private void TakeChange(Agent agent, in ModelEvent item)
    {
        if (!_open.TryGetValue(item.Correlation, out Change? change))
        {
            change = new Change(item.Correlation);
            _open.Add(change.Id, change);
            _openOrder.Enqueue(change.Id);
        }

        change.Add(item);
        if (item.Type == ModelEventType.Commit)
        {
            // Counted here and not at the end: the order of commits is the checker's own, the order in which changes become whole
            // depends on when each ring is drained.
            Charge(change, item.Index);
        }
        else if (item.Type == ModelEventType.IommuFence)
        {
            Charge(change, item.Index + (int)item.A);
        }

        if (change.IsWhole)
        {
            _open.Remove(change.Id);
            Close(change);
        }
    }

    // Root, commit, window and one span a recipient.
    private void Charge(Change change, int recipients)
    {
        Agent checker = AgentOf(ModelEvent.OwnerOfChange(change.Id));
        long spans = 3L + recipients;
        checker.ChangesFull |= checker.ChangeSpans + spans > _options.ChangeSpansPerChecker;
        if (checker.ChangesFull)
        {
            change.IsKept = false;
            _changesNotKept++;
        }
        else
        {
            checker.ChangeSpans += spans;
        }
    }

    private void CloseOldest()
    {
        while (_openOrder.TryPeek(out ulong oldest) && (!_open.ContainsKey(oldest) || _open.Count > MaximumOpenChanges))
        {
            _openOrder.Dequeue();
            if (_open.Remove(oldest, out Change? change))
            {
                Close(change);
            }
        }
    }

    private void Close(Change change)
    {
        if (!change.IsWhole)
        {
            _incomplete++;
            if (change.Commit is null && change.Fence is null)
            {
                Charge(change, change.Recipients.Count + change.Messages.Count + change.Commands.Count);
            }
        }

        if (change.IsKept)
        {
            _closed.Add(change);
        }

        _otlp?.Offer(_builder.Build(change));
    }

    private TelemetryReport WriteFile(string file, TelemetryReport report)
    {
        string path = Path.GetFullPath(file);
        string partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            using (var writer = new JaegerFileWriter(stream, new TraceClock(_options.Epoch, _options.TimeScale), ProcessOf))
            {
                WriteTraces(writer);
                writer.Complete();
                report = report with { File = file, Spans = writer.Spans, Traces = writer.Traces };
            }

            System.IO.File.Move(partial, path, overwrite: true);
            return report;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            try
            {
                System.IO.File.Delete(partial);
            }
            catch (Exception second) when (second is IOException or UnauthorizedAccessException)
            {
                // What was said first is what the user needs to hear.
            }

            return report with { File = null, Spans = 0, Traces = 0, FileError = error.Message };
        }
    }

    private void WriteTraces(JaegerFileWriter writer)
    {
        writer.Write(RunSpans());
        var order = new List<(ulong Start, TraceSort Sort, int Source, ulong Correlation, Func<List<SpanRecord>> Build)>();
        foreach (Change change in _closed)
        {
            order.Add((TraceBuilder.StartOf(change), TraceSort.Change, ModelEvent.OwnerOfChange(change.Id), change.Id, () => _builder.Build(change)));
        }

        foreach (Agent agent in _ringed)
        {
            foreach (ModelEvent[] events in agent.Translations)
            {
                order.Add((events.Min(item => item.Start), TraceSort.Translation, agent.Id, events[0].Correlation, () => _builder.Build(events)));
            }
        }

        foreach (var trace in order.OrderBy(trace => (trace.Start, trace.Sort, trace.Source, trace.Correlation)))
        {
            writer.Write(trace.Build());
        }
    }

    private IEnumerable<SpanRecord> RunSpans()
    {
        yield return _builder.Run(_end);
        IEnumerable<(Agent Agent, ModelEvent Event, ulong Ordinal)> others = _ringed
            .SelectMany(agent => agent.Others.Select(other => (Agent: agent, other.Event, other.Ordinal)))
            .OrderBy(other => (other.Event.Start, other.Agent.Id, other.Ordinal));
        var kept = _ringed.ToDictionary(agent => agent, agent => agent.Translations.Select(events => events[0].Correlation).ToHashSet());
        foreach ((Agent agent, ModelEvent item, ulong ordinal) in others)
        {
            TraceId? translation = item.Type == ModelEventType.Refused && kept[agent].Contains(item.Correlation)
                ? _builder.TraceOf(agent.Id, item.Correlation)
                : null;
            yield return _builder.Other(item, ordinal, translation);
        }
    }

    private List<string> Describe(TelemetryReport report)
    {
        var lines = new List<string>();
        if (report.File is { } file)
        {
            lines.Add(Text($"trace: {report.Spans} spans in {report.Traces} traces in {file}; open it in Jaeger (Search, Upload), {_options.TimeScale} trace ns = 1 virtual ns"));
        }

        if (report.FileError is { } error)
        {
            lines.Add(Text($"trace: {_options.File} could not be written: {error}"));
        }

        if (_otlp is not null)
        {
            lines.Add(Text($"otlp: {report.OtlpSent} spans sent to {_otlp.Target}") + (report.OtlpLost > 0 ? Text($", {report.OtlpLost} lost") : ""));
        }

        if (report.DroppedEvents > 0)
        {
            lines.Add(Text($"telemetry: {report.DroppedEvents} events lost because a ring was full; traces and metrics lack them"));
        }

        if (report.File is not null && (report.ChangesNotKept > 0 || report.RefusalsNotKept > 0))
        {
            lines.Add(Text($"telemetry: {report.ChangesNotKept} configuration changes and {report.RefusalsNotKept} refused accesses are beyond the file's bounds"));
        }

        if (report.IncompleteChanges > 0)
        {
            lines.Add(Text($"telemetry: {report.IncompleteChanges} configuration changes are incomplete"));
        }

        return lines;

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
