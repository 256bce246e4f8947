namespace Soc.Tlb;

/// <summary>
/// What slow accesses to a range of virtual addresses cost, apart from everything else that the TLB does: code, stack and page
/// tables of the program that studies itself do not disturb the figures. Costs one null check for each slow access when off.
/// </summary>
/// <param name="first">First virtual address of the range.</param>
/// <param name="last">Last virtual address, inclusive.</param>
public sealed class TlbStudy(ulong first, ulong last)
{
    private bool _inside;
    private ulong _walksBefore;
    private ulong _translatesBefore;
    private ulong _slowBefore;
    private ulong _devicesBefore;
    private ulong _refusedBefore;

    /// <summary>Page walks.</summary>
    public ulong Walks { get; private set; }

    /// <summary>Translates summed over IOMMU regions.</summary>
    public ulong Translates { get; private set; }

    /// <summary>Accesses, or parts of page-crossing ones, that left the fast path.</summary>
    public ulong Slow { get; private set; }

    /// <summary>Accesses executed by a callback: a device, a blocked sink, or a checker under the all-MMIO strategy.</summary>
    public ulong Devices { get; private set; }

    /// <summary>Accesses executed by a blocked sink.</summary>
    public ulong Refused { get; private set; }

    /// <summary>A slow access begins: the one before it is over. The last one is never counted: it is the one that ends the study.</summary>
    /// <param name="virtualAddress">First byte of the access.</param>
    /// <param name="statistics">Counters of the TLB.</param>
    internal void Enter(ulong virtualAddress, TlbStatistics statistics)
    {
        if (_inside)
        {
            Walks += statistics.Walks - _walksBefore;
            Translates += statistics.Translates - _translatesBefore;
            Slow += statistics.Slow - _slowBefore;
            Devices += statistics.Devices - _devicesBefore;
            Refused += statistics.Refused - _refusedBefore;
        }

        _inside = virtualAddress >= first && virtualAddress <= last;
        _walksBefore = statistics.Walks;
        _translatesBefore = statistics.Translates;
        _slowBefore = statistics.Slow;
        _devicesBefore = statistics.Devices;
        _refusedBefore = statistics.Refused;
    }
}
