using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;

namespace Soc.Telemetry;

/// <summary>Makes spans from events. Pure: the same events give the same spans. Parents come before their children.</summary>
/// <param name="options">Seed and names of the run.</param>
/// <param name="nameOf">Name of an agent.</param>
internal sealed partial class TraceBuilder(TelemetryOptions options, Func<int, string> nameOf)
{
    private static readonly string[] s_kindSets =
        ["none", "load", "store", "load+store", "fetch", "load+fetch", "store+fetch", "load+store+fetch"];

    private static readonly string[] s_answers = ["direct", "device", "sink", "uncached", "nothing", "downstream"];

    /// <summary>The trace that holds the run's root span.</summary>
    public TraceId RunTrace { get; } = TraceId.Of(options.Seed, TraceSort.Run, SpanRecord.Run, 0);

    private ulong RunSpan => RunTrace.Span(SpanRecord.Run, 0);

    /// <summary>The root of the run.</summary>
    /// <param name="end">Virtual ns of the last thing that happened.</param>
    public SpanRecord Run(ulong end)
    {
        var run = new SpanRecord(RunTrace, RunSpan, 0, SpanNames.Run, SpanRecord.Run, 0, end);
        run.Attributes.Add(SpanAttribute.Of("soc.run", options.RunName));
        // A seed may use all 64 bits, the trace formats have signed numbers.
        run.Attributes.Add(SpanAttribute.Of("soc.seed", options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        run.Attributes.Add(SpanAttribute.Of("soc.time_scale", options.TimeScale));
        run.Attributes.Add(SpanAttribute.Of("soc.translation_interval", options.TranslationInterval));
        foreach ((string key, string value) in options.RunAttributes)
        {
            run.Attributes.Add(SpanAttribute.Of(key, value));
        }

        AddTimes(run);
        return run;
    }

    /// <summary>A span directly under the run.</summary>
    /// <param name="item">The event.</param>
    /// <param name="ordinal">Tells it apart from the others of its source.</param>
    /// <param name="translation">The kept trace of the translation that met it, if there is one.</param>
    public SpanRecord Other(in ModelEvent item, ulong ordinal, TraceId? translation = null)
    {
        string name = item.Type switch
        {
            ModelEventType.Refused => SpanNames.Refused,
            ModelEventType.RegisterWrite when item.Kind == (byte)AccessKind.Store => SpanNames.RegisterWrite,
            ModelEventType.RegisterWrite => SpanNames.RegisterRead,
            ModelEventType.Flush => SpanNames.Flush,
            ModelEventType.Interrupt => SpanNames.Interrupt,
            ModelEventType.Trap => SpanNames.Trap,
            ModelEventType.DmaDescriptor => SpanNames.DmaDescriptor,
            ModelEventType.StaleUse => SpanNames.StaleUse,
            ModelEventType.IommuTranslation => SpanNames.Ask,
            ModelEventType.IommuInvalidateSent or ModelEventType.IommuInvalidated or ModelEventType.IommuAcknowledged => SpanNames.DeviceInvalidate,
            _ => throw new ArgumentException($"{item.Type} does not stand under the run.", nameof(item)),
        };
        bool failed = item.Type is ModelEventType.Refused or ModelEventType.StaleUse
            || (item.Type is ModelEventType.DmaDescriptor or ModelEventType.RegisterWrite or ModelEventType.IommuTranslation && item.Result != (byte)AccessResult.Ok);
        var span = new SpanRecord(RunTrace, RunTrace.Span(item.Source, ordinal), RunSpan, name, item.Source, item.Start, AtLeast(item.Start, item.End))
        {
            IsError = failed,
        };
        List<SpanAttribute> tags = span.Attributes;
        tags.Add(SpanAttribute.Of("soc.agent", nameOf(item.Source)));
        switch (item.Type)
        {
            case ModelEventType.Refused:
                var attributes = TransactionAttributes.FromBits(item.B);
                tags.Add(SpanAttribute.Of("soc.checker", NameOf(item.D)));
                tags.Add(SpanAttribute.Hex("soc.address", item.A));
                tags.Add(SpanAttribute.Of("soc.size", 1 << (item.Flags & 31)));
                tags.Add(SpanAttribute.Of("soc.kind", KindOf(item.Kind)));
                tags.Add(SpanAttribute.Of("soc.result", ResultOf(item.Result)));
                tags.Add(SpanAttribute.Of("soc.world", attributes.WorldId));
                tags.Add(SpanAttribute.Of("soc.requester", (ulong)attributes.RequesterId));
                tags.Add(SpanAttribute.Hex("soc.attributes", item.B));
                tags.Add(SpanAttribute.Hex("soc.pc", item.C));
                if (options.Refusals?.Invoke(item.Index) is { } text)
                {
                    tags.Add(SpanAttribute.Of("soc.reason", text.Reason));
                    span.Events.Add(new SpanEvent(SpanNames.RecordedEvent, item.End, [SpanAttribute.Of("soc.record", text.Record)]));
                }

                if (translation is { } trace)
                {
                    tags.Add(SpanAttribute.Of("soc.translation_trace", trace.ToString()));
                }

                break;
            case ModelEventType.RegisterWrite:
                AddRegister(tags, item);
                break;
            case ModelEventType.Flush:
                tags.Add(SpanAttribute.Of("soc.flush", item.Kind switch { 0 => "all", 1 => "contexts", _ => "page" }));
                tags.Add(SpanAttribute.Hex("soc.first", item.A));
                tags.Add(SpanAttribute.Hex("soc.last", item.B));
                tags.Add(SpanAttribute.Hex("soc.contexts", item.C));
                break;
            case ModelEventType.Interrupt:
                tags.Add(SpanAttribute.Of("soc.hart", NameOf(item.A)));
                tags.Add(SpanAttribute.Of("soc.interrupt", item.Index));
                tags.Add(SpanAttribute.Of("soc.raised", item.Result != 0));
                break;
            case ModelEventType.Trap:
                tags.Add(SpanAttribute.Hex("soc.pc", item.A));
                tags.Add(SpanAttribute.Hex("soc.trap_value", item.B));
                tags.Add(SpanAttribute.Hex("soc.cause", item.C));
                tags.Add(SpanAttribute.Hex("soc.handler", item.D));
                tags.Add(SpanAttribute.Of("soc.privilege", item.Index));
                break;
            case ModelEventType.StaleUse:
                tags.Add(SpanAttribute.Of("soc.stale_cause", ((StaleCause)item.Index).ToWord()));
                tags.Add(SpanAttribute.Of("soc.kind", KindOf(item.Kind)));
                tags.Add(SpanAttribute.Hex("soc.virtual_address", item.A));
                tags.Add(SpanAttribute.Hex("soc.pc", item.B));
                tags.Add(SpanAttribute.Hex("soc.writer_pc", item.C));
                tags.Add(SpanAttribute.Of("soc.writer", NameOf(item.D)));
                break;
            case ModelEventType.IommuTranslation:
                AddAsk(tags, item);
                break;
            case ModelEventType.IommuInvalidateSent or ModelEventType.IommuInvalidated or ModelEventType.IommuAcknowledged:
                tags.Add(SpanAttribute.Of("soc.message", MessageOf(item.Kind)));
                break;
            default:
                tags.Add(SpanAttribute.Hex("soc.dma.source", item.A));
                tags.Add(SpanAttribute.Hex("soc.dma.destination", item.B));
                tags.Add(SpanAttribute.Of("soc.dma.bytes", item.C));
                tags.Add(SpanAttribute.Of("soc.dma.beats", item.D));
                tags.Add(SpanAttribute.Of("soc.dma.channel", item.Index));
                tags.Add(SpanAttribute.Of("soc.dma.descriptor", item.Correlation));
                tags.Add(SpanAttribute.Of("soc.result", ResultOf(item.Result)));
                break;
        }

        AddTimes(span);
        return span;
    }

    /// <summary>The id of a change's trace.</summary>
    public TraceId TraceOf(Change change) =>
        TraceId.Of(options.Seed, TraceSort.Change, ModelEvent.OwnerOfChange(change.Id), change.Id);

    /// <summary>When a change began: the register write was issued, or whatever is known first.</summary>
    public static ulong StartOf(Change change) => Extent(change).Start;

    /// <summary>One configuration change as one trace.</summary>
    public List<SpanRecord> Build(Change change)
    {
        if (change.IsCycle)
        {
            return BuildCycle(change);
        }

        TraceId trace = TraceOf(change);
        int owner = ModelEvent.OwnerOfChange(change.Id);
        List<ModelEvent> writes = [.. change.Writes.OrderBy(write => write.Start).ThenBy(write => write.Source)];
        (ulong start, ulong end) = Extent(change);
        int agent = writes.Count > 0 ? writes[0].Source : owner;
        var tree = new SpanTree(trace, owner);
        SpanRecord root = tree.Add(SpanNames.Reconfigure, agent, start, end);
        root.Attributes.Add(SpanAttribute.Of("soc.checker", nameOf(owner)));
        root.Attributes.Add(SpanAttribute.Of("soc.change", change.Id & 0xFFFF_FFFF_FFFF));
        root.Attributes.Add(SpanAttribute.Of("soc.initiator", writes.Count > 0 ? nameOf(agent) : "none"));
        if (writes.Count > 0)
        {
            AddRegister(root.Attributes, writes[0]);
        }

        if (change.Commit is { } commit)
        {
            root.Attributes.Add(SpanAttribute.Of("soc.epoch", commit.D));
            root.Attributes.Add(SpanAttribute.Of("soc.recipients", commit.Index));
            root.Events.Add(new SpanEvent(SpanNames.CommittedEvent, commit.End, []));
            SpanRecord span = tree.Add(SpanNames.Commit, owner, commit.Start, commit.End);
            span.Attributes.Add(SpanAttribute.Of("soc.epoch", commit.D));
            AddScope(span.Attributes, commit);
            span.Attributes.Add(SpanAttribute.Hex("soc.indexes", commit.C));
            span.Attributes.Add(SpanAttribute.Of("soc.recipients", commit.Index));
            AddTimes(span);
        }

        if (change.Completed is { } completed)
        {
            root.Attributes.Add(SpanAttribute.Of("soc.window_ns", AtLeast(completed.Start, completed.End) - completed.Start));
            root.Events.Add(new SpanEvent(SpanNames.CompletedEvent, completed.End, []));
            SpanRecord span = tree.Add(SpanNames.Window, owner, completed.Start, completed.End);
            span.Attributes.Add(SpanAttribute.Of("soc.acknowledgements", completed.B));
            AddTimes(span);
        }

        foreach (ModelEvent write in writes.Skip(1))
        {
            SpanRecord span = tree.Add(SpanNames.RegisterWrite, write.Source, write.Start, write.End);
            AddRegister(span.Attributes, write);
            AddTimes(span);
        }

        foreach ((int recipient, Change.Recipient known) in change.Recipients)
        {
            AddRecipient(recipient, known);
        }

        if (!change.IsWhole)
        {
            root.Attributes.Add(SpanAttribute.Of("soc.incomplete", truth: true));
        }

        AddTimes(root);
        return tree.Spans;

        void AddRecipient(int recipient, Change.Recipient known)
        {
            ulong sent = known.Sent?.Start ?? known.Acknowledged?.Start ?? change.Commit?.End ?? known.Rearm!.Value.Start;
            ulong closed = known.Acknowledged?.End ?? known.Rearm?.End ?? sent;
            SpanRecord span = tree.Add(SpanNames.Invalidate, recipient, sent, closed);
            span.Attributes.Add(SpanAttribute.Of("soc.agent", nameOf(recipient)));
            span.Attributes.Add(SpanAttribute.Of("soc.checker", nameOf(owner)));
            if (known.Rearm is { } rearm)
            {
                AddScope(span.Attributes, rearm);
                span.Events.Add(new SpanEvent(SpanNames.RearmEvent, rearm.Start, [SpanAttribute.Of("soc.duration_ns", AtLeast(rearm.Start, rearm.End) - rearm.Start)]));
            }

            if ((known.Rearm ?? known.Acknowledged) is { } counted)
            {
                span.Attributes.Add(SpanAttribute.Of("soc.entries_scanned", counted.C));
                span.Attributes.Add(SpanAttribute.Of("soc.kinds_rearmed", counted.D));
                span.Attributes.Add(SpanAttribute.Of("soc.recipient_state", (counted.Flags & ModelEvent.Parked) != 0 ? "parked" : "running"));
            }

            if (known.Acknowledged is { } acknowledged)
            {
                span.Events.Add(new SpanEvent(SpanNames.AcknowledgedEvent, acknowledged.End, [SpanAttribute.Of("soc.to", nameOf(owner))]));
            }
            else
            {
                span.Attributes.Add(SpanAttribute.Of("soc.acknowledged", truth: false));
            }

            AddTimes(span);
        }
    }

    /// <summary>The id of the trace of a translation.</summary>
    public TraceId TraceOf(int source, ulong translation) => TraceId.Of(options.Seed, TraceSort.Translation, source, translation);

    /// <summary>
    /// One sampled translation as one trace: the closing event is the root, or the walk when it came to nothing more.
    /// </summary>
    /// <param name="events">Events of one translation in the order of the ring; at least one.</param>
    public List<SpanRecord> Build(ReadOnlySpan<ModelEvent> events)
    {
        ModelEvent last = events[^1];
        int source = last.Source;
        TraceId trace = TraceOf(source, last.Correlation);
        ModelEvent? closing = last.Type == ModelEventType.LazyTranslation ? last : null;
        ulong start = ulong.MaxValue;
        ulong end = 0;
        ModelEvent? walk = null;
        foreach (ref readonly ModelEvent item in events)
        {
            start = Math.Min(start, item.Start);
            end = Math.Max(end, AtLeast(item.Start, item.End));
            if (item.Type == ModelEventType.Walk)
            {
                walk = item;
            }
        }

        var spans = new List<SpanRecord>(events.Length);
        ulong ordinal = 0;
        SpanRecord? root = null;
        if (closing is { } lazy)
        {
            root = Add(null, walk is null ? SpanNames.Lazy : SpanNames.Slow, source, start, end);
            root.Attributes.Add(SpanAttribute.Of("soc.kind", KindOf(lazy.Kind)));
            root.Attributes.Add(SpanAttribute.Of("soc.outcome", AnswerOf(lazy.Result)));
            root.Attributes.Add(SpanAttribute.Hex("soc.virtual_address", lazy.A));
            root.Attributes.Add(SpanAttribute.Hex("soc.address", lazy.B));
            root.Attributes.Add(SpanAttribute.Hex("soc.target_address", lazy.C));
            root.Attributes.Add(SpanAttribute.Of("soc.context", lazy.Index));
            root.Attributes.Add(SpanAttribute.Of("soc.depth", lazy.Flags));
            root.Attributes.Add(SpanAttribute.Of("soc.checker", NameOf(lazy.D)));
            root.Attributes.Add(SpanAttribute.Of("soc.translation", lazy.Correlation));
            AddTimes(root);
        }

        SpanRecord? walkSpan = null;
        if (walk is { } walked)
        {
            walkSpan = Add(root, SpanNames.Walk, source, walked.Start, walked.End, walked.Result != 0);
            root ??= walkSpan;
            walkSpan.Attributes.Add(SpanAttribute.Of("soc.kind", KindOf(walked.Kind)));
            walkSpan.Attributes.Add(SpanAttribute.Hex("soc.virtual_address", walked.A));
            walkSpan.Attributes.Add(SpanAttribute.Hex("soc.address", walked.B));
            walkSpan.Attributes.Add(SpanAttribute.Of("soc.context", walked.Index));
            walkSpan.Attributes.Add(SpanAttribute.Of("soc.reads", walked.C));
            walkSpan.Attributes.Add(SpanAttribute.Of("soc.page_bytes_log2", walked.D));
            walkSpan.Attributes.Add(SpanAttribute.Of("soc.fault", walked.Result));
            AddTimes(walkSpan);
        }

        foreach (ref readonly ModelEvent item in events)
        {
            if (item.Type == ModelEventType.WalkLevel)
            {
                SpanRecord level = Add(walkSpan ?? root, SpanNames.WalkLevel, source, item.Start, item.End, item.Result != 0);
                root ??= level;
                level.Attributes.Add(SpanAttribute.Of("soc.level", item.Index));
                level.Attributes.Add(SpanAttribute.Hex("soc.entry_address", item.B));
                level.Attributes.Add(SpanAttribute.Hex("soc.entry", item.C));
                level.Attributes.Add(SpanAttribute.Of("soc.fault", item.Result));
                AddTimes(level);
            }
        }

        foreach (ref readonly ModelEvent item in events)
        {
            if (item.Type == ModelEventType.Translate)
            {
                int owner = (int)(item.D & 0xFFFF_FFFF);
                SpanRecord translate = Add(root, SpanNames.Translate, owner, item.Start, item.End);
                root ??= translate;
                translate.Attributes.Add(SpanAttribute.Of("soc.checker", nameOf(owner)));
                translate.Attributes.Add(SpanAttribute.Of("soc.agent", nameOf(source)));
                translate.Attributes.Add(SpanAttribute.Of("soc.index", item.Index));
                translate.Attributes.Add(SpanAttribute.Of("soc.kind", KindOf(item.Kind)));
                translate.Attributes.Add(SpanAttribute.Of("soc.outcome", AnswerOf(item.Result)));
                translate.Attributes.Add(SpanAttribute.Of("soc.position", item.Flags));
                translate.Attributes.Add(SpanAttribute.Hex("soc.address", item.A));
                translate.Attributes.Add(SpanAttribute.Hex("soc.target_address", item.B));
                translate.Attributes.Add(SpanAttribute.Hex("soc.mask", item.C));
                translate.Attributes.Add(SpanAttribute.Of("soc.kinds", SetOf((byte)(item.D >> 32))));
                AddTimes(translate);
            }
        }

        return spans;

        SpanRecord Add(SpanRecord? parent, string name, int agent, ulong from, ulong to, bool failed = false)
        {
            var span = new SpanRecord(trace, trace.Span(source, ordinal++), parent?.Id ?? 0, name, agent, from, AtLeast(from, to))
            {
                IsError = failed,
            };
            spans.Add(span);
            return span;
        }
    }

    /// <summary>The kind of an access in words.</summary>
    public static string KindOf(byte kind) => kind switch
    {
        (byte)AccessKind.Load => "load",
        (byte)AccessKind.Store => "store",
        _ => "fetch",
    };

    /// <summary>The answer of a translation in words.</summary>
    public static string AnswerOf(byte answer) => answer < s_answers.Length ? s_answers[answer] : "unknown";

    /// <summary>The result of an access in words; the worst when several parts differ.</summary>
    public static string ResultOf(byte result) => (AccessResult)result switch
    {
        AccessResult.Ok => "ok",
        var bits when (bits & AccessResult.Error) != 0 => "bus_error",
        var bits when (bits & AccessResult.DecodeError) != 0 => "decode_error",
        var bits when (bits & AccessResult.AccessError) != 0 => "access_error",
        _ => "pending",
    };

    private static string SetOf(byte kinds) => s_kindSets[kinds & 7];

    private string NameOf(ulong agent) => agent == ModelEvent.NoAgent ? "none" : nameOf((int)Math.Min(agent, int.MaxValue));

    private static ulong AtLeast(ulong start, ulong end) => Math.Max(start, end);

    private static void AddScope(List<SpanAttribute> tags, in ModelEvent item)
    {
        tags.Add(SpanAttribute.Hex("soc.first", item.A));
        tags.Add(SpanAttribute.Hex("soc.last", item.B));
        tags.Add(SpanAttribute.Of("soc.kinds", SetOf(item.Kind)));
    }

    private void AddRegister(List<SpanAttribute> tags, in ModelEvent item)
    {
        tags.Add(SpanAttribute.Of("soc.registers", NameOf(item.D)));
        tags.Add(SpanAttribute.Hex("soc.offset", item.A));
        tags.Add(SpanAttribute.Hex("soc.value", item.B));
        tags.Add(SpanAttribute.Hex("soc.address", item.C));
        tags.Add(SpanAttribute.Of("soc.size", 1 << (item.Flags & 31)));
        tags.Add(SpanAttribute.Of("soc.result", ResultOf(item.Result)));
    }

    // Trace time is scaled; these are what the model said.
    private static void AddTimes(SpanRecord span)
    {
        span.Attributes.Add(SpanAttribute.Of("soc.start_ns", span.Start));
        span.Attributes.Add(SpanAttribute.Of("soc.duration_ns", span.End - span.Start));
    }

    // From the first to the last thing known of a change, so that every child lies inside the root.
    private static (ulong Start, ulong End) Extent(Change change)
    {
        ulong start = ulong.MaxValue;
        ulong end = 0;
        foreach (ModelEvent write in change.Writes)
        {
            Include(write);
        }

        Include(change.Commit);
        Include(change.Completed);
        foreach (Change.Recipient recipient in change.Recipients.Values)
        {
            Include(recipient.Sent);
            Include(recipient.Rearm);
            Include(recipient.Acknowledged);
        }

        foreach (ModelEvent command in change.Commands)
        {
            Include(command);
        }

        foreach (Change.Recipient message in change.Messages.Values)
        {
            Include(message.Sent);
            Include(message.Rearm);
            Include(message.Acknowledged);
        }

        Include(change.Fence);
        return (start, AtLeast(start, end));

        void Include(ModelEvent? item)
        {
            if (item is { } known)
            {
                start = Math.Min(start, known.Start);
                end = Math.Max(end, AtLeast(known.Start, known.End));
            }
        }
    }

    /// <summary>The spans of one change: numbered as they come, all below the first.</summary>
    private sealed class SpanTree(TraceId trace, int owner)
    {
        public List<SpanRecord> Spans { get; } = [];

        public SpanRecord Add(string name, int of, ulong from, ulong to)
        {
            ulong parent = Spans.Count == 0 ? 0 : Spans[0].Id;
            var span = new SpanRecord(trace, trace.Span(owner, (ulong)Spans.Count), parent, name, of, from, AtLeast(from, to));
            Spans.Add(span);
            return span;
        }
    }
}
