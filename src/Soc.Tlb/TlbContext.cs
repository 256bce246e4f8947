using System.Numerics;
using System.Runtime.InteropServices;

namespace Soc.Tlb;

/// <summary>
/// One context's tables: a direct-mapped main table and a fully associative victim table, both split into what the fast
/// path reads (native memory) and the rest. Slots 0..entries-1 are the main table, the rest is the victim table.
/// </summary>
internal sealed unsafe class TlbContext : IDisposable
{
    private readonly void* _native;
    private readonly ulong[] _used;
    private int _nextVictim;

    // A bit for each page number modulo 64 of the pages in the victim table, and perhaps of some that have left it.
    private ulong _victimPages;

    public TlbContext(int log2Entries, int victims)
    {
        Entries = 1 << log2Entries;
        Victims = victims;
        int slots = Entries + victims;
        Full = new TlbFullEntry[slots];
        _used = new ulong[(slots + 63) / 64];
        _native = NativeMemory.AlignedAlloc((nuint)(slots * sizeof(TlbEntry)), 64);
        Fast = (TlbEntry*)_native;
        new Span<byte>(_native, slots * sizeof(TlbEntry)).Fill(0xFF);
    }

    /// <summary>Entries of the main table, a power of two.</summary>
    public int Entries { get; }

    /// <summary>Entries of the victim table.</summary>
    public int Victims { get; }

    /// <summary>Entries of both.</summary>
    public int Slots => Entries + Victims;

    /// <summary>Main table, then victim table.</summary>
    public TlbEntry* Fast { get; }

    /// <summary>Parallel to <see cref="Fast"/>.</summary>
    public TlbFullEntry[] Full { get; }

    /// <summary>The large-page region: pages whose address, masked, equals the base (softtlb.md section 3.7).</summary>
    public ulong LargePageBase { get; private set; } = ulong.MaxValue;

    /// <summary>Mask of the large-page region: all ones with no large page, 0 when it has grown to the whole address space.</summary>
    public ulong LargePageMask { get; private set; } = ulong.MaxValue;

    /// <summary>Flushes since the use of the table was last judged, and the greatest use seen in them.</summary>
    public (int Flushes, int Use) Window { get; set; }

    /// <summary>Pages that had to go for others since the table was made or emptied.</summary>
    public int Evictions { get; private set; }

    /// <summary>Used entries of the main table.</summary>
    public int MainUse
    {
        get
        {
            int use = 0;
            for (int word = 0; word < Entries >> 6; word++)
            {
                use += BitOperations.PopCount(_used[word]);
            }

            return use + ((Entries & 63) == 0 ? 0 : BitOperations.PopCount(_used[Entries >> 6] & ((1UL << (Entries & 63)) - 1)));
        }
    }

    /// <summary>Whether any slot is in use.</summary>
    public bool InUse
    {
        get
        {
            foreach (ulong word in _used)
            {
                if (word != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>False: the victim table does not hold a page, so that nobody needs to look.</summary>
    public bool MayBeVictim(ulong virtualPage) => ((_victimPages >> (int)(virtualPage >> SoftTlb.PageShift)) & 1) != 0;

    /// <summary>The next used slot at or after <paramref name="from"/>, or -1.</summary>
    public int NextUsed(int from)
    {
        int word = from >> 6;
        if (word >= _used.Length)
        {
            return -1;
        }

        ulong bits = _used[word] & (ulong.MaxValue << (from & 63));
        while (bits == 0)
        {
            if (++word == _used.Length)
            {
                return -1;
            }

            bits = _used[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }

    /// <summary>The slot of the main table for a page.</summary>
    public int SlotOf(ulong virtualPage) => (int)(virtualPage >> SoftTlb.PageShift) & (Entries - 1);

    public void MarkUsed(int slot) => _used[slot >> 6] |= 1UL << (slot & 63);

    /// <summary>Empties one slot. What the slow path kept stays there until the slot is filled again: most often with the same.</summary>
    public void Clear(int slot)
    {
        TlbEntry* fast = Fast + slot;
        fast->Load = ulong.MaxValue;
        fast->Store = ulong.MaxValue;
        fast->Fetch = ulong.MaxValue;
        Full[slot].Valid = false;
        _used[slot >> 6] &= ~(1UL << (slot & 63));
    }

    /// <summary>Empties every slot.</summary>
    public void ClearAll()
    {
        for (int slot = NextUsed(0); slot >= 0; slot = NextUsed(slot + 1))
        {
            Clear(slot);
        }

        LargePageBase = ulong.MaxValue;
        LargePageMask = ulong.MaxValue;
        Evictions = 0;
        _victimPages = 0;
    }

    /// <summary>Empties every slot that holds a page (at most one of main and victims by invariant P3; all are looked at).</summary>
    public bool ClearPage(ulong virtualPage)
    {
        bool any = false;
        int main = SlotOf(virtualPage);
        if (Full[main].Valid && Full[main].VirtualPage == virtualPage)
        {
            Clear(main);
            any = true;
        }

        return (MayBeVictim(virtualPage) && ClearVictims(virtualPage)) || any;
    }

    private bool ClearVictims(ulong virtualPage)
    {
        bool any = false;
        for (int slot = NextUsed(Entries); slot >= 0; slot = NextUsed(slot + 1))
        {
            if (Full[slot].VirtualPage == virtualPage)
            {
                Clear(slot);
                any = true;
            }
        }

        return any;
    }

    /// <summary>Exchanges a slot of the main table, used or not, with a used one of the victim table.</summary>
    public void Swap(int main, int victim)
    {
        (Fast[main], Fast[victim]) = (Fast[victim], Fast[main]);
        (Full[main], Full[victim]) = (Full[victim], Full[main]);
        MarkUsed(main);
        if (Full[victim].Valid)
        {
            NoteVictims();
        }
        else
        {
            Clear(victim);
        }
    }

    /// <summary>Makes room for a page in the main table: its other copies go, another page moves to the victim table, round robin.</summary>
    /// <returns>The emptied slot.</returns>
    public int MakeRoom(ulong virtualPage)
    {
        int main = SlotOf(virtualPage);
        if (!Full[main].Valid && !MayBeVictim(virtualPage))
        {
            return main;
        }

        ClearPage(virtualPage);
        if (Full[main].Valid)
        {
            if (Victims > 0)
            {
                int victim = Entries + _nextVictim;
                _nextVictim = (_nextVictim + 1) % Victims;
                Evictions += Full[victim].Valid ? 1 : 0;
                Copy(this, main, victim);
                NoteVictims();
            }
            else
            {
                Evictions++;
            }

            Clear(main);
        }

        return main;
    }

    /// <summary>A table of twice the size with the same pages; a page of the victim table that finds its place free moves there.</summary>
    public TlbContext Doubled()
    {
        var larger = new TlbContext(BitOperations.Log2((uint)Entries) + 1, Victims)
        {
            LargePageBase = LargePageBase,
            LargePageMask = LargePageMask,
            Window = Window,
            _nextVictim = _nextVictim,
        };
        for (int slot = NextUsed(0); slot >= 0; slot = NextUsed(slot + 1))
        {
            // Two pages of the main table never meet: those of one slot of the larger table shared one here.
            int to = larger.SlotOf(Full[slot].VirtualPage);
            larger.Copy(this, slot, larger.Full[to].Valid ? larger.Entries + (slot - Entries) : to);
        }

        larger.NoteVictims();
        return larger;
    }

    /// <summary>Widens the large-page region to a page of the given size.</summary>
    public void AddLargePage(ulong virtualAddress, int log2Size)
    {
        ulong mask = ~((1UL << log2Size) - 1);
        if (LargePageMask == ulong.MaxValue)
        {
            LargePageBase = virtualAddress & mask;
            LargePageMask = mask;
            return;
        }

        mask &= LargePageMask;
        while (((LargePageBase ^ virtualAddress) & mask) != 0)
        {
            mask <<= 1;
        }

        LargePageBase &= mask;
        LargePageMask = mask;
    }

    /// <summary>Whether an address lies in the large-page region.</summary>
    public bool InLargePage(ulong virtualAddress) => LargePageMask != ulong.MaxValue && (virtualAddress & LargePageMask) == LargePageBase;

    private void NoteVictims()
    {
        _victimPages = 0;
        for (int slot = NextUsed(Entries); slot >= 0; slot = NextUsed(slot + 1))
        {
            _victimPages |= 1UL << (int)(Full[slot].VirtualPage >> SoftTlb.PageShift);
        }
    }

    private void Copy(TlbContext source, int from, int to)
    {
        Fast[to] = source.Fast[from];
        Full[to] = source.Full[from];
        MarkUsed(to);
    }

    public void Dispose() => NativeMemory.AlignedFree(_native);
}
