using Soc.Memory;

namespace Soc.Tlb.Tests.Support;

public sealed class WatchpointLog : IWatchpointObserver
{
    public List<(ulong Address, int Size, AccessKind Kind)> Hits { get; } = [];

    public Action? OnHit { get; set; }

    public void OnWatchpoint(in Watchpoint watchpoint, ulong virtualAddress, int size, AccessKind kind)
    {
        OnHit?.Invoke();
        Hits.Add((virtualAddress, size, kind));
    }
}
