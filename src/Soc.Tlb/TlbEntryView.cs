using Soc.Memory;

namespace Soc.Tlb;

/// <summary>One TLB entry, for tests, reports and the sanitizer.</summary>
/// <param name="VirtualPage">Virtual address of the page.</param>
/// <param name="PhysicalPage">Physical address of the page on the initiator's bus.</param>
/// <param name="Granted">Kinds that the page table grants.</param>
/// <param name="Attributes">Attributes of accesses through the entry.</param>
/// <param name="IsVictim">Whether the entry is in the victim table.</param>
/// <param name="HasAddend">Whether some kind reaches host memory.</param>
/// <param name="HostPage">Host address of the page's first byte, when <paramref name="HasAddend"/>.</param>
/// <param name="Load">Loads.</param>
/// <param name="Store">Stores.</param>
/// <param name="Fetch">Fetches.</param>
public readonly record struct TlbEntryView(
    ulong VirtualPage, ulong PhysicalPage, AccessKinds Granted, TransactionAttributes Attributes, bool IsVictim, bool HasAddend, nint HostPage,
    TlbKindView Load, TlbKindView Store, TlbKindView Fetch)
{
    /// <summary>One kind.</summary>
    public TlbKindView this[AccessKind kind] => kind switch
    {
        AccessKind.Load => Load,
        AccessKind.Store => Store,
        _ => Fetch,
    };
}
