using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <summary>The events of one configuration change, as far as they have come in.</summary>
internal sealed class Change(ulong id)
{
    /// <summary>See <see cref="ModelEvent.ChangeId"/>.</summary>
    public ulong Id { get; } = id;

    /// <summary>Register accesses that led to it.</summary>
    public List<ModelEvent> Writes { get; } = [];

    /// <summary>The commit.</summary>
    public ModelEvent? Commit { get; private set; }

    /// <summary>Invalidates, acknowledgements and re-arms, by recipient.</summary>
    public SortedDictionary<int, Recipient> Recipients { get; } = [];

    /// <summary>The completion.</summary>
    public ModelEvent? Completed { get; private set; }

    /// <summary>Whether the file keeps it; decided at the commit, in the order of the checker's own ring.</summary>
    public bool IsKept { get; set; } = true;

    /// <summary>The commands of an IOMMU's cycle, in their order; empty for a checker's change.</summary>
    public List<ModelEvent> Commands { get; } = [];

    /// <summary>What an IOMMU's cycle told devices: by sort of message, its number and the device.</summary>
    public SortedDictionary<(int Kind, ulong Number, int Agent), Recipient> Messages { get; } = [];

    /// <summary>The IOFENCE.C that ended an IOMMU's cycle.</summary>
    public ModelEvent? Fence { get; private set; }

    /// <summary>Whether it is a cycle of an IOMMU's commands.</summary>
    public bool IsCycle => Commands.Count > 0 || Messages.Count > 0 || Fence is not null;

    /// <summary>Everything that can come has come.</summary>
    public bool IsWhole => Fence is { } fence
        ? Commands.Count >= fence.Index && Writes.Count >= (int)fence.C && _rearms >= (int)fence.A
        : Commit is { } commit && Completed is { } completed
        && (completed.A == ModelEvent.NoAgent || Writes.Count > 0)
        && _rearms >= commit.Index;

    private int _rearms;

    /// <summary>Takes one event in.</summary>
    public void Add(in ModelEvent item)
    {
        switch (item.Type)
        {
            case ModelEventType.RegisterWrite:
                Writes.Add(item);
                break;
            case ModelEventType.Commit:
                Commit = item;
                break;
            case ModelEventType.InvalidateSent:
                Of((int)item.A).Sent = item;
                break;
            case ModelEventType.InvalidateAcknowledged:
                Of((int)item.A).Acknowledged = item;
                break;
            case ModelEventType.Rearm:
                Of(item.Source).Rearm = item;
                _rearms++;
                break;
            case ModelEventType.ChangeCompleted:
                Completed = item;
                break;
            case ModelEventType.IommuCommand:
                Commands.Add(item);
                break;
            case ModelEventType.IommuInvalidateSent:
                Of(item, (int)item.A).Sent = item;
                break;
            case ModelEventType.IommuInvalidated:
                Of(item, item.Source).Rearm = item;
                _rearms++;
                break;
            case ModelEventType.IommuAcknowledged:
                Of(item, (int)item.A).Acknowledged = item;
                break;
            case ModelEventType.IommuFence:
                Fence = item;
                break;
            default:
                throw new ArgumentException($"{item.Type} is no event of a configuration change.", nameof(item));
        }
    }

    private Recipient Of(in ModelEvent item, int agent)
    {
        var key = (item.Kind, item.B, agent);
        if (!Messages.TryGetValue(key, out Recipient? recipient))
        {
            recipient = new Recipient();
            Messages.Add(key, recipient);
        }

        return recipient;
    }

    private Recipient Of(int agent)
    {
        if (!Recipients.TryGetValue(agent, out Recipient? recipient))
        {
            recipient = new Recipient();
            Recipients.Add(agent, recipient);
        }

        return recipient;
    }

    /// <summary>What is known of one recipient of the Invalidate.</summary>
    internal sealed class Recipient
    {
        /// <summary>It was sent to.</summary>
        public ModelEvent? Sent { get; set; }

        /// <summary>It processed.</summary>
        public ModelEvent? Rearm { get; set; }

        /// <summary>Its acknowledgement arrived.</summary>
        public ModelEvent? Acknowledged { get; set; }
    }
}
