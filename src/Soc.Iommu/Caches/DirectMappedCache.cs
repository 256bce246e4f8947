namespace Soc.Iommu.Caches;

/// <summary>A direct-mapped cache of immutable objects that know their own key.</summary>
/// <typeparam name="T">What is cached.</typeparam>
/// <param name="bits">log2 of the number of entries.</param>
internal sealed class DirectMappedCache<T>(int bits)
    where T : class
{
    private readonly T?[] _entries = new T?[1 << bits];
    private bool _used;

    /// <summary>What is cached where a key belongs, which may be another key's entry.</summary>
    public T? Candidate(ulong key) => _entries[IndexOf(key)];

    /// <summary>Puts an entry where its key belongs; whatever was there is evicted.</summary>
    public void Fill(ulong key, T entry)
    {
        _entries[IndexOf(key)] = entry;
        _used = true;
    }

    /// <summary>Drops every entry that a test names; returns how many.</summary>
    public int Drop(Func<T, bool> covered)
    {
        if (!_used)
        {
            return 0;
        }

        int dropped = 0;
        bool left = false;
        foreach (ref T? entry in _entries.AsSpan())
        {
            if (entry is null)
            {
                continue;
            }

            if (covered(entry))
            {
                entry = null;
                dropped++;
            }
            else
            {
                left = true;
            }
        }

        _used = left;
        return dropped;
    }

    private int IndexOf(ulong key) => bits == 0 ? 0 : (int)((key * 0x9E37_79B9_7F4A_7C15) >> (64 - bits));
}
