namespace Soc.Memory;

/// <summary>
/// Who may hold answers of one checker, per index. Registration is never one-shot (softtlb.md section 2.4) and must come
/// before the configuration is read (rule L3); both sides use full fences, so a commit either is seen by the reader or
/// sees the reader.
/// </summary>
/// <param name="whole">The registry of a larger group, which hears of every registration too; null for none.</param>
public sealed class InvalidationRegistry(InvalidationRegistry? whole = null)
{
    private readonly Lock _change = new();
    private ulong[] _indexesOf = [];

    /// <summary>Registers an initiator for an index (0..63). Idempotent; callers remember what they registered and call rarely.</summary>
    public void Register(int initiatorId, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initiatorId);
        whole?.Register(initiatorId, index);
        lock (_change)
        {
            ulong[] indexes = _indexesOf;
            if (initiatorId >= indexes.Length)
            {
                Array.Resize(ref indexes, Math.Max(initiatorId + 1, indexes.Length * 2));
                Volatile.Write(ref _indexesOf, indexes);
            }

            indexes[initiatorId] |= 1UL << (index & 63);
        }

        Interlocked.MemoryBarrier();
    }

    /// <summary>Forgets an initiator that left the SoC.</summary>
    public void Unregister(int initiatorId)
    {
        whole?.Unregister(initiatorId);
        lock (_change)
        {
            if (initiatorId < _indexesOf.Length)
            {
                _indexesOf[initiatorId] = 0;
            }
        }
    }

    /// <summary>Collects the initiators registered for any of the given indexes, ascending; call after the commit (M2).</summary>
    /// <param name="indexes">Bit per index.</param>
    /// <param name="into">Receives initiator ids; cleared first.</param>
    public void Recipients(ulong indexes, List<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Clear();
        Interlocked.MemoryBarrier();
        lock (_change)
        {
            for (int id = 0; id < _indexesOf.Length; id++)
            {
                if ((_indexesOf[id] & indexes) != 0)
                {
                    into.Add(id);
                }
            }
        }
    }
}
