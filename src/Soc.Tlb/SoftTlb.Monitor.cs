using Soc.Memory;

namespace Soc.Tlb;

/// <content>Showing every access to a monitor. Without one this costs a null check per slow access, and the fast path nothing.</content>
public sealed unsafe partial class SoftTlb
{
    private ITlbMonitor? _monitor;
    private ulong _monitored;

    /// <summary>Who sees every access; null for nobody. Setting it empties the TLB.</summary>
    public ITlbMonitor? Monitor
    {
        get => _monitor;
        set
        {
            _monitor = value;
            _monitored = value is null ? 0 : Monitored;
            Flush();
        }
    }

    private void Show(int context, AccessKind kind, TlbOutcome outcome)
    {
        for (int i = 0; i < _partCount; i++)
        {
            ref AccessPart part = ref _parts[i];
            _monitor!.OnResolved(new MonitoredAccess(
                part.VirtualAddress, part.PhysicalAddress, part.Size, kind, context, (nint)part.Host, part.Section, part.Offset, part.Attributes));
        }

        if (outcome == TlbOutcome.WalkFault)
        {
            _monitor!.OnWalkFault(Fault.VirtualAddress, kind, context);
        }
    }

    private void ShowFetch(TlbContext context, int slot, ulong virtualAddress)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        ref TlbSlot fetch = ref full[AccessKind.Fetch];
        ulong inPage = virtualAddress & (PageSize - 1);
        _monitor!.OnResolved(new MonitoredAccess(
            virtualAddress, full.PhysicalPage | inPage, 0, AccessKind.Fetch, _fetchContext, (nint)virtualAddress + context.Fast[slot].Addend,
            fetch.Section!, fetch.Offset + inPage, full.Attributes));
    }
}
