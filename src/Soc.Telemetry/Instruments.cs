using System.Diagnostics;
using System.Diagnostics.Metrics;
using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <summary>
/// The metrics of telemetry/conventions.md. Values are counted in plain buckets as events come by and handed to the instruments in
/// batches: one call costs up to 90 ns with tags, a bucket 2 ns. Buckets are handed over as their count times their mean, so counts and sums
/// stay right and a value is off by at most a bucket's width.
/// </summary>
internal sealed class Instruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Soc";

    private readonly Histogram<double> _translation;
    private readonly Histogram<double> _invalidation;
    private readonly Histogram<double> _window;
    private readonly Histogram<double> _iommuTranslation;
    private readonly Histogram<double> _iommuReads;
    private readonly Histogram<double> _iommuInvalidation;
    private readonly Histogram<double> _iommuFence;
    private readonly Dictionary<(int Iommu, byte Outcome), Series> _iommuTranslations = [];
    private readonly Dictionary<int, Series> _iommuReadCounts = [];
    private readonly Dictionary<(int Iommu, byte Kind), Series> _iommuInvalidations = [];
    private readonly Dictionary<int, Series> _iommuFences = [];
    private readonly Dictionary<ulong, (TranslationKey Key, Series Series)> _translations = [];
    private readonly List<string> _strategies = [];
    private readonly Dictionary<(int Checker, bool Parked), Series> _invalidations = [];
    private readonly Dictionary<int, Series> _windows = [];
    private readonly Dictionary<CountKey, long> _counts = [];
    private readonly Dictionary<string, Counter<long>> _counters = new(StringComparer.Ordinal);
    private readonly Func<int, string> _nameOf;

    /// <summary>Makes the instruments; without a listener they cost nothing.</summary>
    public Instruments(Func<int, string> nameOf)
    {
        _nameOf = nameOf;
        Meter = new Meter(MeterName);
        double[] boundaries = [.. Enumerable.Range(0, 25).Select(bit => (double)(1L << bit))];
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries };
        _translation = Meter.CreateHistogram("soc.translation.duration", "ns", "Virtual time of one lazy translation, walk included.", tags: null, advice);
        _invalidation = Meter.CreateHistogram("soc.invalidation.duration", "ns", "Virtual time from sending an Invalidate to its acknowledgement.", tags: null, advice);
        _window = Meter.CreateHistogram("soc.reconfiguration.window", "ns", "Virtual time from a commit to the last acknowledgement.", tags: null, advice);
        _iommuTranslation = Meter.CreateHistogram("soc.iommu.translation.duration", "ns", "Virtual time from a device's question to the IOMMU's answer.", tags: null, advice);
        _iommuReads = Meter.CreateHistogram("soc.iommu.walk.reads", "{read}", "Memory reads of a translation that missed the IOTLB.", tags: null, advice);
        _iommuInvalidation = Meter.CreateHistogram("soc.iommu.invalidation.duration", "ns", "Virtual time from telling a device to its acknowledgement.", tags: null, advice);
        _iommuFence = Meter.CreateHistogram("soc.iommu.fence.duration", "ns", "Virtual time from fetching an IOFENCE.C to its completion.", tags: null, advice);
        Declare("soc.iommu.commands", "{command}", "Commands that IOMMUs fetched.");
        Declare("soc.iommu.copies_dropped", "{entry}", "Translations of devices that invalidations dropped.");
        Declare("soc.refusals", "{access}", "Accesses that a checker refused.");
        Declare("soc.commits", "{commit}", "Snapshots that checkers published.");
        Declare("soc.rearms", "{invalidate}", "Invalidates that initiators processed.");
        Declare("soc.rearmed_kinds", "{kind}", "Kinds of TLB entries put back to not translated yet.");
        Declare("soc.flushes", "{flush}", "TLB flushes.");
        Declare("soc.register_accesses", "{access}", "Accesses to registers that another agent owns.");
        Declare("soc.interrupts", "{interrupt}", "Interrupts raised.");
        Declare("soc.traps", "{trap}", "Traps taken.");
        Declare("soc.dma.bytes", "By", "Bytes that DMA engines copied.");
        Declare("soc.instructions", "{instruction}", "Instructions that harts retired.");
        Declare("soc.tlb.hits", "{access}", "Accesses that a private TLB answered without a walk.");
        Declare("soc.telemetry.dropped", "{event}", "Events lost because a ring was full.");
    }

    /// <summary>The meter, to listen to this one and no other of the same name.</summary>
    public Meter Meter { get; }

    /// <summary>Whether anybody listens. Nobody does in most runs, and then counting events is not worth its time.</summary>
    public bool IsListenedTo => _translation.Enabled || _invalidation.Enabled || _window.Enabled || _counters.Values.Any(counter => counter.Enabled);

    /// <summary>Counts one event.</summary>
    public void Count(Agent agent, in ModelEvent item)
    {
        ulong duration = item.End > item.Start ? item.End - item.Start : 0;
        switch (item.Type)
        {
            case ModelEventType.LazyTranslation:
                TranslationsOf(agent, item).Add(duration);
                break;
            case ModelEventType.InvalidateAcknowledged:
                SeriesOf(_invalidations, (agent.Id, (item.Flags & ModelEvent.Parked) != 0)).Add(duration);
                break;
            case ModelEventType.ChangeCompleted:
                SeriesOf(_windows, agent.Id).Add(duration);
                break;
            case ModelEventType.IommuTranslation:
                SeriesOf(_iommuTranslations, ((int)item.D, item.Result != 0 ? (byte)2 : item.C == 0 ? (byte)0 : (byte)1)).Add(duration);
                if (item.C != 0)
                {
                    SeriesOf(_iommuReadCounts, (int)item.D).Add(item.C);
                }

                break;
            case ModelEventType.IommuAcknowledged:
                SeriesOf(_iommuInvalidations, (agent.Id, item.Kind)).Add(duration);
                break;
            case ModelEventType.IommuFence:
                SeriesOf(_iommuFences, agent.Id).Add(duration);
                break;
            case ModelEventType.IommuCommand:
                Count(new CountKey("soc.iommu.commands", agent.Id), 1);
                break;
            case ModelEventType.IommuInvalidated:
                Count(new CountKey("soc.iommu.copies_dropped", agent.Id), (long)item.D);
                break;
            case ModelEventType.Refused:
                Count(new CountKey("soc.refusals", agent.Id, item.D == ModelEvent.NoAgent ? -1 : (int)item.D, item.Kind, item.Result), 1);
                break;
            case ModelEventType.Commit:
                Count(new CountKey("soc.commits", agent.Id), 1);
                break;
            case ModelEventType.Rearm:
                Count(new CountKey("soc.rearms", agent.Id), 1);
                Count(new CountKey("soc.rearmed_kinds", agent.Id), (long)item.D);
                break;
            case ModelEventType.Flush:
                Count(new CountKey("soc.flushes", agent.Id), 1);
                break;
            case ModelEventType.RegisterWrite:
                Count(new CountKey("soc.register_accesses", agent.Id), 1);
                break;
            case ModelEventType.Interrupt when item.Result != 0:
                Count(new CountKey("soc.interrupts", agent.Id), 1);
                break;
            case ModelEventType.Trap:
                Count(new CountKey("soc.traps", agent.Id), 1);
                break;
            case ModelEventType.DmaDescriptor:
                Count(new CountKey("soc.dma.bytes", agent.Id), (long)item.C);
                break;
            default:
                break;
        }
    }

    /// <summary>Adds to a counter, made at its first use.</summary>
    public void Add(string counter, int agent, long amount) => Count(new CountKey(counter, agent), amount);

    /// <summary>Hands what was counted since the last call to whoever listens.</summary>
    public void Publish()
    {
        foreach ((TranslationKey key, Series series) in _translations.Values)
        {
            series.Publish(_translation, new TagList
            {
                { "soc.strategy", key.Strategy },
                { "soc.checker", Name(key.Checker) },
                { "soc.outcome", TraceBuilder.AnswerOf(key.Answer) },
                { "soc.kind", TraceBuilder.KindOf(key.Kind) },
            });
        }

        foreach (((int checker, bool parked), Series series) in _invalidations)
        {
            series.Publish(_invalidation, new TagList
            {
                { "soc.checker", Name(checker) },
                { "soc.recipient_state", parked ? "parked" : "running" },
            });
        }

        foreach ((int checker, Series series) in _windows)
        {
            series.Publish(_window, new TagList { { "soc.checker", Name(checker) } });
        }

        PublishIommus();
        foreach ((CountKey key, long amount) in _counts)
        {
            if (!_counters.TryGetValue(key.Counter, out Counter<long>? counter))
            {
                counter = Declare(key.Counter, unit: null, description: null);
            }

            var tags = new TagList { { "soc.agent", Name(key.Agent) } };
            if (key.Kind is { } kind)
            {
                tags.Add("soc.checker", Name(key.Checker));
                tags.Add("soc.kind", TraceBuilder.KindOf(kind));
                tags.Add("soc.result", TraceBuilder.ResultOf(key.Result));
            }

            counter.Add(amount, tags);
        }

        _counts.Clear();
    }

    private void PublishIommus()
    {
        string[] outcomes = ["hit", "miss", "refused"];
        string[] messages = ["iotlb", "ats", "drain"];
        foreach (((int iommu, byte outcome), Series series) in _iommuTranslations)
        {
            series.Publish(_iommuTranslation, new TagList { { "soc.iommu", Name(iommu) }, { "soc.outcome", outcomes[outcome] } });
        }

        foreach (((int iommu, byte kind), Series series) in _iommuInvalidations)
        {
            series.Publish(_iommuInvalidation, new TagList { { "soc.iommu", Name(iommu) }, { "soc.message", messages[Math.Min((int)kind, 2)] } });
        }

        foreach ((int iommu, Series series) in _iommuReadCounts)
        {
            series.Publish(_iommuReads, new TagList { { "soc.iommu", Name(iommu) } });
        }

        foreach ((int iommu, Series series) in _iommuFences)
        {
            series.Publish(_iommuFence, new TagList { { "soc.iommu", Name(iommu) } });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private static Series SeriesOf<TKey>(Dictionary<TKey, Series> all, TKey key)
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out Series? series))
        {
            series = new Series();
            all.Add(key, series);
        }

        return series;
    }

    // The commonest event by far: a packed key, because hashing the strategy's name costs more than all the rest.
    private Series TranslationsOf(Agent agent, in ModelEvent item)
    {
        if (agent.StrategyNumber < 0)
        {
            int known = _strategies.IndexOf(agent.Strategy);
            agent.StrategyNumber = known < 0 ? _strategies.Count : known;
            if (known < 0)
            {
                _strategies.Add(agent.Strategy);
            }
        }

        ulong packed = ((ulong)agent.StrategyNumber << 48) | ((item.D & 0xFFFF_FFFF) << 16) | ((ulong)item.Result << 8) | item.Kind;
        if (!_translations.TryGetValue(packed, out (TranslationKey Key, Series Series) found))
        {
            var key = new TranslationKey(agent.Strategy, item.D == ModelEvent.NoAgent ? -1 : (int)item.D, item.Result, item.Kind);
            found = (key, new Series());
            _translations.Add(packed, found);
        }

        return found.Series;
    }

    private Counter<long> Declare(string name, string? unit, string? description)
    {
        Counter<long> counter = Meter.CreateCounter<long>(name, unit, description);
        _counters.Add(name, counter);
        return counter;
    }

    private void Count(CountKey key, long amount)
    {
        _counts.TryGetValue(key, out long before);
        _counts[key] = before + amount;
    }

    private string Name(int agent) => agent < 0 ? "none" : _nameOf(agent);

    private readonly record struct TranslationKey(string Strategy, int Checker, byte Answer, byte Kind);

    private readonly record struct CountKey(string Counter, int Agent, int Checker = -1, byte? Kind = null, byte Result = 0);

    /// <summary>Counts and sums by bucket since the last publication.</summary>
    private sealed class Series
    {
        private (long Count, double Sum)[] _buckets = [];
        private bool _any;

        public void Add(ulong value)
        {
            int bucket = LatencyHistogram.BucketOf(value);
            if (bucket >= _buckets.Length)
            {
                Array.Resize(ref _buckets, bucket + 16);
            }

            ref (long Count, double Sum) counted = ref _buckets[bucket];
            counted.Count++;
            counted.Sum += value;
            _any = true;
        }

        public void Publish(Histogram<double> histogram, in TagList tags)
        {
            if (!_any)
            {
                return;
            }

            foreach ((long count, double sum) in _buckets)
            {
                for (long i = 0; i < count; i++)
                {
                    histogram.Record(sum / count, tags);
                }
            }

            Array.Clear(_buckets);
            _any = false;
        }
    }
}
