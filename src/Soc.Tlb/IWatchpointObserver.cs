using Soc.Memory;

namespace Soc.Tlb;

/// <summary>Hears of accesses to watched ranges.</summary>
public interface IWatchpointObserver
{
    /// <summary>
    /// Called after the whole access was translated and before any byte is touched (softtlb.md section 3.4, step 7; case ST9).
    /// A composite atomic reports its load and its store.
    /// </summary>
    void OnWatchpoint(in Watchpoint watchpoint, ulong virtualAddress, int size, AccessKind kind);
}
