using System.Numerics;

namespace Soc.Iommu.Caches;

/// <summary>
/// The IOTLB: 4-way sets of combined translations of any power-of-two size, tagged with GSCID and PSCID. Replacement is round
/// robin, so that runs repeat exactly.
/// </summary>
/// <param name="bits">log2 of the number of entries, at least 2.</param>
internal sealed class TranslationCache(int bits)
{
    private const int Ways = 4;
    private const int SizeShift = 40;
    private const ulong Valid = 1UL << 46;

    private readonly TranslationEntry[] _entries = new TranslationEntry[1 << bits];
    private readonly int[] _ofSize = new int[65];
    private readonly int _setBits = bits - 2;
    private ulong _sizes;
    private uint _next;

    /// <summary>The key of an address space: guest (GV, GSCID) and process (PSCV, PSCID).</summary>
    public static ulong Key(bool guestValid, ushort gscid, bool processValid, uint pscid) =>
        Valid | pscid | ((ulong)gscid << 20) | (processValid ? 1UL << 36 : 0) | (guestValid ? 1UL << 37 : 0);

    /// <summary>Finds the entry that holds an address; returns a null reference without one.</summary>
    public ref readonly TranslationEntry Find(ulong key, ulong iova)
    {
        for (ulong sizes = _sizes; sizes != 0; sizes &= sizes - 1)
        {
            int size = BitOperations.TrailingZeroCount(sizes);
            ulong tag = key | ((ulong)size << SizeShift);
            ulong first = iova >> size << size;
            Span<TranslationEntry> set = SetOf(tag, first);
            for (int way = 0; way < set.Length; way++)
            {
                if (set[way].Iova == first && set[way].Key == tag)
                {
                    return ref set[way];
                }
            }
        }

        return ref System.Runtime.CompilerServices.Unsafe.NullRef<TranslationEntry>();
    }

    /// <summary>Caches a translation in place of an older one of the same block.</summary>
    public void Fill(ulong key, in TranslationEntry entry)
    {
        ulong tag = key | ((ulong)entry.Bits << SizeShift);
        Span<TranslationEntry> set = SetOf(tag, entry.Iova);
        int victim = -1;
        for (int way = 0; way < set.Length; way++)
        {
            if (set[way].Key == tag && set[way].Iova == entry.Iova)
            {
                victim = way;
                break;
            }

            if (set[way].Key == 0)
            {
                victim = way;
            }
        }

        if (victim < 0)
        {
            victim = (int)(_next++ % Ways);
        }

        ref TranslationEntry place = ref set[victim];
        Clear(ref place);
        place = entry;
        place.Key = tag;
        _ofSize[entry.Bits]++;
        _sizes |= 1UL << entry.Bits;
    }

    /// <summary>Drops what an invalidation of page tables covers; returns how many entries.</summary>
    public int Drop(in IommuInvalidation invalidation)
    {
        if (_sizes == 0)
        {
            return 0;
        }

        int dropped = 0;
        for (int index = 0; index < _entries.Length; index++)
        {
            ref TranslationEntry entry = ref _entries[index];
            if (entry.Key == 0)
            {
                continue;
            }

            TranslationTag tag = TagOf(entry, entry.Guest, 0, false, 0);
            if (invalidation.Covers(tag, entry.Iova))
            {
                Clear(ref entry);
                dropped++;
            }
        }

        return dropped;
    }

    /// <summary>The tag of an entry for a holder of a copy.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="guest">Guest physical address of the byte asked for.</param>
    /// <param name="device">Device that asked.</param>
    /// <param name="hasProcess">Whether it asked for a process.</param>
    /// <param name="process">The process.</param>
    public static TranslationTag TagOf(in TranslationEntry entry, ulong guest, uint device, bool hasProcess, uint process) => new(
        device, hasProcess, process, (entry.Key >> 37 & 1) != 0, (ushort)(entry.Key >> 20), (entry.Key >> 36 & 1) != 0,
        (uint)entry.Key & 0xFFFFF, entry.Global, guest, entry.FirstBits, entry.SecondBits);

    private Span<TranslationEntry> SetOf(ulong tag, ulong first)
    {
        ulong hash = (first ^ (tag * 0xD6E8_FEB8_6659_FD93)) * 0x9E37_79B9_7F4A_7C15;
        int set = _setBits == 0 ? 0 : (int)(hash >> (64 - _setBits));
        return _entries.AsSpan(set * Ways, Ways);
    }

    private void Clear(ref TranslationEntry entry)
    {
        if (entry.Key == 0)
        {
            return;
        }

        if (--_ofSize[entry.Bits] == 0)
        {
            _sizes &= ~(1UL << entry.Bits);
        }

        entry = default;
    }
}
