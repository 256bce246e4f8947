namespace Soc.Memory;

/// <summary>
/// Sorted, disjoint sections that cover the whole 64-bit space: the leaves of the tree and, between them, unassigned
/// holes (softtlb.md section 1.3). Immutable.
/// </summary>
public sealed class FlatView
{
    private readonly ulong[] _starts;
    private readonly Section[] _sections;

    private FlatView(Section[] sections)
    {
        _sections = sections;
        _starts = Array.ConvertAll(sections, section => section.Start);
    }

    /// <summary>All sections in address order, holes included.</summary>
    public IReadOnlyList<Section> Sections => _sections;

    /// <summary>Renders a tree.</summary>
    internal static FlatView Render(AddressSpace space, MemoryRegion root)
    {
        List<Section> ranges = [];
        Visit(space, ranges, root, 0, 0, ulong.MaxValue, readOnly: false, depth: 0);
        return new FlatView([.. FillHoles(space, Merge(ranges))]);
    }

    /// <summary>The section that holds an address; total.</summary>
    public Section Find(ulong address)
    {
        // The first section starts at 0; the last that starts at or below the address holds it.
        ulong[] starts = _starts;
        int low = 0;
        int high = starts.Length;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= address)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return _sections[low];
    }

    /// <summary>Whether both views show the same leaves at the same places.</summary>
    internal bool SameAs(FlatView other) => _sections.AsSpan().SequenceEqual(other._sections);

    private static void Visit(
        AddressSpace space, List<Section> ranges, MemoryRegion region, UInt128 at, ulong clipFirst, ulong clipLast, bool readOnly, int depth)
    {
        // "at" is the absolute address of the region's first byte modulo 2^128: an alias may put its target's start below zero.
        if (!region.Enabled)
        {
            return;
        }

        if (depth > 64)
        {
            throw new MemoryTreeException($"regions around '{region.Name}' are nested more than 64 deep; is there a cycle of aliases?");
        }

        readOnly |= region.ReadOnly;
        Int128 first = (Int128)at;
        Int128 last = first + region.SizeMinusOne;
        if (first > clipLast || last < clipFirst)
        {
            return;
        }

        clipFirst = first > clipFirst ? (ulong)first : clipFirst;
        clipLast = last < clipLast ? (ulong)last : clipLast;
        if (region is AliasRegion alias)
        {
            Visit(space, ranges, alias.Target, at - alias.TargetOffset, clipFirst, clipLast, readOnly, depth + 1);
            return;
        }

        foreach (MemoryRegion child in region.Children)
        {
            Visit(space, ranges, child, at + child.Offset, clipFirst, clipLast, readOnly, depth + 1);
        }

        if (region.Terminates)
        {
            AddUncovered(space, ranges, region, at, clipFirst, clipLast, readOnly);
        }
    }

    private static void AddUncovered(
        AddressSpace space, List<Section> ranges, MemoryRegion leaf, UInt128 at, ulong first, ulong last, bool readOnly)
    {
        // Existing ranges are never overwritten; "ranges" stays sorted.
        int index = ranges.FindIndex(range => range.Last >= first);
        if (index < 0)
        {
            index = ranges.Count;
        }

        while (true)
        {
            if (index == ranges.Count || ranges[index].Start > last)
            {
                ranges.Insert(index, Leaf(space, leaf, at, first, last, readOnly));
                return;
            }

            Section existing = ranges[index];
            if (existing.Start > first)
            {
                ranges.Insert(index++, Leaf(space, leaf, at, first, existing.Start - 1, readOnly));
            }

            if (existing.Last >= last)
            {
                return;
            }

            first = existing.Last + 1;
            index++;
        }
    }

    private static Section Leaf(AddressSpace space, MemoryRegion leaf, UInt128 at, ulong first, ulong last, bool readOnly) =>
        new(space, leaf, first, last, (ulong)(first - at), readOnly) { RomMode = leaf is RomDeviceRegion { RomMode: true } };

    private static List<Section> Merge(List<Section> ranges)
    {
        List<Section> merged = [];
        foreach (Section range in ranges)
        {
            if (merged.Count > 0 && merged[^1] is var previous && ReferenceEquals(previous.Leaf, range.Leaf) &&
                previous.ReadOnly == range.ReadOnly && previous.Last + 1 == range.Start &&
                previous.OffsetInLeaf + (range.Start - previous.Start) == range.OffsetInLeaf)
            {
                merged[^1] = previous with { Last = range.Last };
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }

    private static IEnumerable<Section> FillHoles(AddressSpace space, List<Section> ranges)
    {
        ulong next = 0;
        bool complete = false;
        foreach (Section range in ranges)
        {
            if (range.Start > next)
            {
                yield return Hole(space, next, range.Start - 1);
            }

            yield return range;
            complete = range.Last == ulong.MaxValue;
            next = range.Last + 1;
        }

        if (!complete)
        {
            yield return Hole(space, next, ulong.MaxValue);
        }
    }

    private static Section Hole(AddressSpace space, ulong first, ulong last) =>
        new(space, ReservationRegion.Unassigned, first, last, first, ReadOnly: false);
}
