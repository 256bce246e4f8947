namespace Soc.Checkers.Tzc400;

/// <summary>What the registers mean for one filter: the address space cut into intervals of one answer each. Immutable.</summary>
internal sealed class Tzc400FilterTable
{
    private readonly ulong[] _starts;
    private readonly Tzc400Rights[] _rights;

    private Tzc400FilterTable(bool isOpen, ulong[] starts, Tzc400Rights[] rights)
    {
        IsOpen = isOpen;
        _starts = starts;
        _rights = rights;
    }

    /// <summary>A filter whose gate is closed: nobody gets in.</summary>
    public static Tzc400FilterTable Closed { get; } = new(false, [0], [default]);

    /// <summary>A filter whose gate is being opened: nobody gets in yet, and nobody may keep that.</summary>
    public static Tzc400FilterTable Opening { get; } = new(false, [0], [default]);

    /// <summary>Whether the gate is open.</summary>
    public bool IsOpen { get; }

    /// <summary>Compiles the regions for a filter with an open gate (arm-filters.md section 3.3).</summary>
    /// <param name="regions">All regions; the first is the background.</param>
    /// <param name="filter">Number of the filter.</param>
    /// <param name="lastAddress">Last address of the address width.</param>
    public static Tzc400FilterTable Compile(ReadOnlySpan<Tzc400Region> regions, int filter, ulong lastAddress)
    {
        var edges = new SortedSet<ulong> { 0 };
        if (lastAddress != ulong.MaxValue)
        {
            edges.Add(lastAddress + 1);
        }

        foreach (Tzc400Region region in regions[1..])
        {
            if (region.First <= region.Last)
            {
                edges.Add(region.First);
                if (region.Last != ulong.MaxValue)
                {
                    edges.Add(region.Last + 1);
                }
            }
        }

        var starts = new List<ulong>(edges.Count);
        var rights = new List<Tzc400Rights>(edges.Count);
        foreach (ulong edge in edges)
        {
            Tzc400Rights here = edge > lastAddress ? default : RightsAt(regions, filter, edge);
            if (rights.Count == 0 || rights[^1] != here)
            {
                starts.Add(edge);
                rights.Add(here);
            }
        }

        return new Tzc400FilterTable(true, [.. starts], [.. rights]);
    }

    /// <summary>The rights at an address.</summary>
    public Tzc400Rights At(ulong address) => _rights[IntervalOf(address)];

    /// <summary>The permissions of an index at an address, and the interval around it where the index has the same.</summary>
    public int PermissionsAt(ulong address, int index, out ulong first, out ulong last)
    {
        int low = IntervalOf(address);
        int high = low;
        int permissions = _rights[low].Of(index);
        while (low > 0 && _rights[low - 1].Of(index) == permissions)
        {
            low--;
        }

        while (high + 1 < _rights.Length && _rights[high + 1].Of(index) == permissions)
        {
            high++;
        }

        first = _starts[low];
        last = LastOf(high);
        return permissions;
    }

    /// <summary>Whether both give every access the same answer, for the same reason.</summary>
    public bool SameAs(Tzc400FilterTable other) =>
        IsOpen == other.IsOpen && _starts.AsSpan().SequenceEqual(other._starts) && _rights.AsSpan().SequenceEqual(other._rights);

    /// <summary>Lists the intervals in which somebody's permissions differ, with the rights on either side.</summary>
    public IEnumerable<(ulong First, ulong Last, Tzc400Rights Before, Tzc400Rights After)> DifferencesTo(Tzc400FilterTable next)
    {
        int here = 0;
        int there = 0;
        ulong first = 0;
        while (true)
        {
            ulong last = Math.Min(LastOf(here), next.LastOf(there));
            if (_rights[here] != next._rights[there])
            {
                yield return (first, last, _rights[here], next._rights[there]);
            }

            if (last == ulong.MaxValue)
            {
                yield break;
            }

            here += LastOf(here) == last ? 1 : 0;
            there += next.LastOf(there) == last ? 1 : 0;
            first = last + 1;
        }
    }

    private static Tzc400Rights RightsAt(ReadOnlySpan<Tzc400Region> regions, int filter, ulong address)
    {
        int match = 0;
        for (int region = 1; region < regions.Length; region++)
        {
            if (regions[region].Claims(filter, address))
            {
                if (match != 0)
                {
                    return new Tzc400Rights(false, false, 0, Overlap: true);
                }

                match = region;
            }
        }

        return regions[match].Rights;
    }

    private int IntervalOf(ulong address)
    {
        int found = Array.BinarySearch(_starts, address);
        return found >= 0 ? found : ~found - 1;
    }

    private ulong LastOf(int interval) => interval + 1 < _starts.Length ? _starts[interval + 1] - 1 : ulong.MaxValue;
}
