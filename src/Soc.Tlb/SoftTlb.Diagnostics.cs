using Soc.Memory;

namespace Soc.Tlb;

/// <content>Looking at the tables without changing them.</content>
public sealed unsafe partial class SoftTlb
{
    /// <summary>State of one kind of one page, for tests and diagnostics; null when no entry holds the page.</summary>
    public KindState? StateOf(int context, ulong virtualAddress, AccessKind kind)
    {
        if (_contexts[context] is not { } tables)
        {
            return null;
        }

        for (int slot = tables.NextUsed(0); slot >= 0; slot = tables.NextUsed(slot + 1))
        {
            if (tables.Full[slot].VirtualPage == (virtualAddress & PageMask))
            {
                return tables.Full[slot][kind].State;
            }
        }

        return null;
    }

    /// <summary>Every entry of a context, main table first.</summary>
    /// <param name="context">Number of the context.</param>
    public IReadOnlyList<TlbEntryView> Describe(int context)
    {
        List<TlbEntryView> entries = [];
        if (_contexts[context] is { } tables)
        {
            for (int slot = tables.NextUsed(0); slot >= 0; slot = tables.NextUsed(slot + 1))
            {
                ref TlbFullEntry full = ref tables.Full[slot];
                entries.Add(new TlbEntryView(
                    full.VirtualPage, full.PhysicalPage, full.Granted, full.Attributes, slot >= tables.Entries, full.HasAddend,
                    full.HasAddend ? (nint)full.VirtualPage + tables.Fast[slot].Addend : 0,
                    Describe(tables, slot, AccessKind.Load), Describe(tables, slot, AccessKind.Store), Describe(tables, slot, AccessKind.Fetch)));
            }
        }

        return entries;
    }

    private static TlbKindView Describe(TlbContext tables, int slot, AccessKind kind)
    {
        ref TlbSlot kept = ref tables.Full[slot][kind];
        ulong word = Word(ref tables.Fast[slot], kind);
        bool hits = (word & ~Flags) == tables.Full[slot].VirtualPage;
        return new TlbKindView(kept.State, kept.Section, kept.Offset, hits, hits && (word & ForceSlow) != 0, hits && (word & NotDirty) != 0);
    }
}
