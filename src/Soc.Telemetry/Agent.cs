using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <summary>One agent as telemetry sees it: its names, its ring and what is kept of its events.</summary>
internal sealed class Agent(int id, string name, string kind, string strategy, EventRing? ring)
{
    /// <summary>Agent number.</summary>
    public int Id { get; } = id;

    /// <summary>Name from the topology.</summary>
    public string Name { get; } = name;

    /// <summary>hart, dma, checker, iommu or device.</summary>
    public string Kind { get; } = kind;

    /// <summary>Strategy of its TLB, empty when it has none.</summary>
    public string Strategy { get; } = strategy;

    /// <summary>Number of the strategy among the instruments; negative until it is asked for.</summary>
    public int StrategyNumber { get; set; } = -1;

    /// <summary>Where its events come from; null for an agent that was only named by others.</summary>
    public EventRing? Ring { get; } = ring;

    /// <summary>Details of the translation that is not closed yet.</summary>
    public List<ModelEvent> Details { get; } = [];

    /// <summary>Sampled translations that are kept, oldest first.</summary>
    public List<ModelEvent[]> Translations { get; } = [];

    /// <summary>Kept is one sampled translation in this many.</summary>
    public ulong Thinning { get; set; } = 1;

    /// <summary>Events that go under the run, with their ordinal.</summary>
    public List<(ModelEvent Event, ulong Ordinal)> Others { get; } = [];

    /// <summary>Events of each type that were offered to <see cref="Others"/>.</summary>
    public long[] Offered { get; } = new long[64];

    /// <summary>Ordinal of the latest event that goes under the run.</summary>
    public ulong Ordinal { get; set; }

    /// <summary>Spans that the kept changes of this checker will have.</summary>
    public long ChangeSpans { get; set; }

    /// <summary>A change did not fit any more: none that follows is kept.</summary>
    public bool ChangesFull { get; set; }
}
