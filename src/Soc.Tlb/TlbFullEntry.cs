using System.Diagnostics.CodeAnalysis;
using Soc.Memory;

namespace Soc.Tlb;

/// <summary>What only the slow path reads; parallel to <see cref="TlbEntry"/>.</summary>
internal struct TlbFullEntry
{
    /// <summary>Whether the entry holds a page.</summary>
    public bool Valid;

    /// <summary>Whether some kind has installed the addend; zero is a legal addend (rule A3).</summary>
    public bool HasAddend;

    /// <summary>Whether <see cref="SetDirect(Section, RamRegion, ulong)"/> has set the results; they and the addend stay while an emptied slot waits for its next page.</summary>
    public bool IsPlainPage;

    /// <summary>Kinds that the page table grants.</summary>
    public AccessKinds Granted;

    /// <summary>Virtual address of the page.</summary>
    public ulong VirtualPage;

    /// <summary>Physical address of the page on the initiator's bus.</summary>
    public ulong PhysicalPage;

    /// <summary>Attributes of the fill (rule L2: translations use these, never the current state of the core).</summary>
    public TransactionAttributes Attributes;

    /// <summary>The section before any translation.</summary>
    public Section Untranslated;

    private TlbSlot _load;
    private TlbSlot _store;
    private TlbSlot _fetch;

    /// <summary>The slot of one kind.</summary>
    [UnscopedRef]
    public ref TlbSlot this[AccessKind kind]
    {
        get
        {
            switch (kind)
            {
                case AccessKind.Load:
                    return ref _load;
                case AccessKind.Store:
                    return ref _store;
                default:
                    return ref _fetch;
            }
        }
    }

    /// <summary>Forgets the results of all kinds.</summary>
    public void Disable()
    {
        _load = default;
        _store = default;
        _fetch = default;
        HasAddend = false;
        IsPlainPage = false;
    }

    /// <summary>Gives every granted kind the same answer: a page of host memory with no IOMMU region in front of it.</summary>
    /// <param name="section">The section that holds the page.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="offset">Offset of the page in the memory.</param>
    public void SetDirect(Section section, RamRegion memory, ulong offset)
    {
        HasAddend = true;
        IsPlainPage = true;
        SetDirect(ref _load, AccessKind.Load, section, memory, offset);
        SetDirect(ref _store, AccessKind.Store, section, memory, offset);
        SetDirect(ref _fetch, AccessKind.Fetch, section, memory, offset);
    }

    /// <summary>Whether a kept result of some of the given kinds came through one of the given owners.</summary>
    public readonly bool HoldsAnswerOf(ulong ownerBits, AccessKinds kinds) =>
        (kinds.Includes(AccessKind.Load) && (_load.Owners & ownerBits) != 0) ||
        (kinds.Includes(AccessKind.Store) && (_store.Owners & ownerBits) != 0) ||
        (kinds.Includes(AccessKind.Fetch) && (_fetch.Owners & ownerBits) != 0);

    /// <summary>Whether any kind reaches host memory through the addend.</summary>
    public readonly bool AnyDirect =>
        _load.State == KindState.Direct || _store.State == KindState.Direct || _fetch.State == KindState.Direct;

    private readonly void SetDirect(ref TlbSlot slot, AccessKind kind, Section section, RamRegion memory, ulong offset)
    {
        if (Granted.Includes(kind))
        {
            slot.SetDirect(section, memory, offset);
        }
        else if (slot.State != KindState.Disabled || slot.Section is not null)
        {
            slot = default;
        }
    }
}
