namespace Soc.Actors.Protocol;

/// <summary>
/// The checker's side of the configuration-change protocol (rules M1..M13 of softtlb.md section 5.5) as a pure state machine: who has not yet
/// acknowledged which change. No clock, no actor: it can be explored on its own.
/// </summary>
public sealed class ChangeTracker
{
    private readonly Dictionary<ulong, PendingChange> _open = [];

    /// <summary>Changes that wait for acknowledgements, oldest first.</summary>
    public IEnumerable<PendingChange> Open => _open.Values.OrderBy(change => change.Id);

    /// <summary>Number of changes that wait for acknowledgements.</summary>
    public int OpenCount => _open.Count;

    /// <summary>A change was committed and its Invalidates were sent.</summary>
    /// <param name="id">Correlation id; unused so far.</param>
    /// <param name="initiator">Who waits for it; -1 for nobody.</param>
    /// <param name="epoch">The checker's count of commits.</param>
    /// <param name="committedAt">Virtual time of the commit, ns.</param>
    /// <param name="recipients">Who must acknowledge.</param>
    /// <returns>The change; already complete when there is no recipient.</returns>
    public PendingChange Begin(ulong id, int initiator, ulong epoch, ulong committedAt, IEnumerable<int> recipients)
    {
        var change = new PendingChange(id, initiator, epoch, committedAt, recipients);
        if (!change.IsComplete)
        {
            _open.Add(id, change);
        }

        return change;
    }

    /// <summary>An acknowledgement arrived. Duplicates and strangers are ignored (rule M9).</summary>
    /// <param name="id">Correlation id of the change.</param>
    /// <param name="initiator">Who acknowledges.</param>
    /// <param name="change">The change, when the acknowledgement counted.</param>
    /// <returns>Whether the acknowledgement counted; <see cref="PendingChange.IsComplete"/> then says whether it was the last.</returns>
    public bool Acknowledge(ulong id, int initiator, out PendingChange? change)
    {
        if (!_open.TryGetValue(id, out change) || !change.Remove(initiator))
        {
            change = null;
            return false;
        }

        if (change.IsComplete)
        {
            _open.Remove(id);
        }

        return true;
    }
}
