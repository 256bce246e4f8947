namespace Soc.Actors.Protocol;

/// <summary>One configuration change between its commit and its last acknowledgement: the window.</summary>
public sealed class PendingChange
{
    private readonly SortedSet<int> _missing;

    internal PendingChange(ulong id, int initiator, ulong epoch, ulong committedAt, IEnumerable<int> recipients)
    {
        Id = id;
        Initiator = initiator;
        Epoch = epoch;
        CommittedAt = committedAt;
        _missing = [.. recipients];
        Recipients = _missing.Count;
    }

    /// <summary>Correlation id.</summary>
    public ulong Id { get; }

    /// <summary>Who waits for the change; -1 for nobody.</summary>
    public int Initiator { get; }

    /// <summary>The checker's count of commits.</summary>
    public ulong Epoch { get; }

    /// <summary>Virtual time of the commit, ns.</summary>
    public ulong CommittedAt { get; }

    /// <summary>How many initiators had to acknowledge.</summary>
    public int Recipients { get; }

    /// <summary>Who has not acknowledged, ascending.</summary>
    public IReadOnlyCollection<int> Missing => _missing;

    /// <summary>Whether everybody has acknowledged.</summary>
    public bool IsComplete => _missing.Count == 0;

    internal bool Remove(int initiator) => _missing.Remove(initiator);
}
