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

    /// <summary>Whether a kept result of some of the given kinds came through one of the given owners.</summary>
    public readonly bool HoldsAnswerOf(ulong ownerBits, AccessKinds kinds) =>
        (kinds.Includes(AccessKind.Load) && (_load.Owners & ownerBits) != 0) ||
        (kinds.Includes(AccessKind.Store) && (_store.Owners & ownerBits) != 0) ||
        (kinds.Includes(AccessKind.Fetch) && (_fetch.Owners & ownerBits) != 0);

    /// <summary>Whether any kind reaches host memory through the addend.</summary>
    public readonly bool AnyDirect =>
        _load.State == KindState.Direct || _store.State == KindState.Direct || _fetch.State == KindState.Direct;
}
