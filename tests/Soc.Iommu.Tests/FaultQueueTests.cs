using Soc.Iommu.Tests.Support;

namespace Soc.Iommu.Tests;

/// <summary>C59 to C62: the fault queue.</summary>
public sealed class FaultQueueTests
{
    [Fact]
    public void C59_DTF_hides_translation_faults_only()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        ulong place = bench.Device(1, new Dc { Tc = 1 | Dc.Dtf, Fsc = Dc.Atp(8, root) });
        Assert.Equal(IommuFaultCause.ReadPageFault, bench.Load(1, 0).Cause);
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.Process(1, 1, 0).Cause);
        bench.Device(2, new Dc { Tc = 1 | Dc.Dtf | Dc.Pdtv, Fsc = Dc.Atp(1, 0xFF_FFFF_FFFF_F000) });
        bench.Memory.RefusedPages.Add(0xFFF_FFFF_FFFF);
        Assert.Equal(IommuFaultCause.ProcessEntryAccessFault, bench.Process(2, 1, 0).Cause);
        Assert.Equal(0UL, bench.FaultTail);
        bench.Command(0x3);
        bench.Memory[place] = 0x10;
        Assert.Equal(IommuFaultCause.DirectoryEntryNotValid, bench.Load(1, 0).Cause);
        bench.Memory[place] = 0x1011;
        Assert.Equal(IommuFaultCause.DirectoryEntryMisconfigured, bench.Load(1, 0).Cause);
        bench.Memory.RefusedPages.Add(place >> 12);
        Assert.Equal(IommuFaultCause.DirectoryAccessFault, bench.Load(1, 0).Cause);
        Assert.Equal(3UL, bench.FaultTail);
    }

    [Fact]
    public void C60_a_full_queue_overflows_and_stays_silent()
    {
        var bench = new IommuBench();
        bench.Set(76, 4, 0);
        bench.Set(40, 8, bench.FaultQueue >> 2);
        bench.Set(76, 4, 3);
        bench.Load(1, 0x1000);
        Assert.Equal(0x1_0003UL, bench.Get(76, 4));
        bench.Load(1, 0x2000);
        Assert.Equal(0x1_0203UL, bench.Get(76, 4));
        bench.Set(48, 4, 1);
        bench.Load(1, 0x3000);
        Assert.Equal(1UL, bench.FaultTail);
        bench.Set(76, 4, 0x203);
        bench.Load(1, 0x4000);
        Assert.Equal(0UL, bench.FaultTail);
        Assert.Equal(0x4000UL, bench.Record(1, 2));
    }

    [Fact]
    public void C61_a_refused_queue_page_sets_fqmf()
    {
        var bench = new IommuBench();
        bench.Memory.RefusedPages.Add(bench.FaultQueue >> 12);
        bench.Load(1, 0x1000);
        Assert.Equal(0x1_0103UL, bench.Get(76, 4));
        Assert.Equal(0UL, bench.FaultTail);
        Assert.Equal(2UL, bench.Pending);
    }

    [Fact]
    public void C62_a_record_raises_fip_once_and_unread_records_do_not()
    {
        var bench = new IommuBench();
        bench.Load(1, 0);
        Assert.Equal(2UL, bench.Pending);
        bench.Set(84, 4, 2);
        Assert.Equal(0UL, bench.Pending);
        bench.Load(1, 0);
        Assert.Equal(2UL, bench.Pending);
    }

    [Fact]
    public void A_record_carries_process_and_privilege()
    {
        var bench = new IommuBench();
        bench.Process(0xABCDEF, 0x12345, 0xFEDC_BA98_7654_3210, Memory.AccessKind.Store, supervisor: true);
        Assert.Equal(0xABCDEFUL << 40 | 3UL << 34 | 3UL << 32 | 0x12345UL << 12 | 258, bench.Record(0, 0));
        Assert.Equal(0UL, bench.Record(0, 1));
        Assert.Equal(0xFEDC_BA98_7654_3210, bench.Record(0, 2));
        Assert.Equal(0UL, bench.Record(0, 3));
    }
}
