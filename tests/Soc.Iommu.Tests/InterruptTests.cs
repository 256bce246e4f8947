using Soc.Iommu.Tests.Support;

namespace Soc.Iommu.Tests;

/// <summary>C88 to C92: interrupts, debug interface, counters and byte order.</summary>
public sealed class InterruptTests
{
    private static IommuBench Vectored()
    {
        var bench = new IommuBench();
        bench.Set(760, 8, 0x3210);
        for (uint vector = 0; vector < 4; vector++)
        {
            bench.Set(768 + (16 * vector), 8, 0x1000 + (8 * vector));
            bench.Set(776 + (16 * vector), 4, 100 + vector);
        }

        return bench;
    }

    [Fact]
    public void C88_one_message_until_the_source_is_cleared_and_one_after_unmasking()
    {
        IommuBench bench = Vectored();
        bench.Load(1, 0);
        bench.Load(1, 0);
        Assert.Equal(101UL, bench.Memory[0x1008]);
        Assert.Single(bench.Memory.Writes, write => write.Size == 4);
        bench.Set(796, 4, 1);
        bench.Set(84, 4, 2);
        bench.Memory[0x1008] = 0;
        bench.Load(1, 0);
        Assert.Equal(0UL, bench.Memory[0x1008]);
        bench.Set(796, 4, 0);
        Assert.Equal(101UL, bench.Memory[0x1008]);
        bench.Set(796, 4, 0);
        Assert.Equal(2, bench.Memory.Writes.Count(write => write.Size == 4));
    }

    [Fact]
    public void C89_a_refused_message_is_reported()
    {
        IommuBench bench = Vectored();
        bench.Memory.RefusedPages.Add(1);
        bench.Command(0);
        Assert.Equal(273UL, bench.Record(0, 0));
        Assert.Equal(0x1000UL, bench.Record(0, 2));
    }

    [Fact]
    public void Wires_are_levels_shared_by_sources()
    {
        var bench = new IommuBench(fctl: 2);
        bench.Set(760, 8, 0x0050);
        bench.Load(1, 0);
        bench.Command(0);
        Assert.Equal(0x21U, bench.Iommu.Wires);
        bench.Set(760, 8, 0x0055);
        Assert.Equal(0x20U, bench.Iommu.Wires);
        bench.Set(84, 4, 2);
        Assert.Equal(0x20U, bench.Iommu.Wires);
        bench.Set(72, 4, 0x2);
        bench.Set(72, 4, 0x402);
        bench.Set(84, 4, 1);
        Assert.Equal(0U, bench.Iommu.Wires);
        Assert.Equal([(5, true), (0, true), (0, false), (5, false)], bench.Port.Wires);
    }

    [Fact]
    public void C90_the_debug_interface_reports_sizes_and_faults()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        bench.Map(root, 8, 0x20_0000, 0x40_0000, IommuBench.Rwx | 1UL << 61, level: 1);
        bench.Map(root, 8, 0x1000, 0x7000, IommuBench.Rwx);
        bench.Device(1, new Dc { Fsc = Dc.Atp(8, root) });
        bench.Set(600, 8, 0x20_5FFF);
        Assert.Equal(0x20_5000UL, bench.Get(600, 8));
        bench.Set(608, 8, 1UL << 40 | 9);
        Assert.Equal(1UL << 40 | 8, bench.Get(608, 8));
        Assert.Equal((0x40_0000UL >> 2) | (0xFFUL << 10) | 1 << 9 | 1 << 7, bench.Get(616, 8));
        bench.Set(600, 8, 0x1000);
        bench.Set(608, 8, 1UL << 40 | 1);
        Assert.Equal(0x7000UL >> 2, bench.Get(616, 8));
        bench.Set(600, 8, 0x9000);
        bench.Set(608, 8, 1UL << 40 | 1);
        Assert.Equal(1UL, bench.Get(616, 8));
        Assert.Equal(15UL | 3UL << 34 | 1UL << 40, bench.Record(0, 0));
    }

    [Fact]
    public void C90_an_MRIF_page_is_disallowed_for_the_debug_interface()
    {
        var bench = new IommuBench();
        ulong table = bench.Pages();
        bench.Put(table, 3);
        bench.Device(1, new Dc { Iohgatp = Dc.Atp(8, bench.Pages(4)), Msiptp = Dc.Atp(1, table), Pattern = 0x28000 });
        bench.Set(600, 8, 0x2800_0000);
        for (int round = 1; round <= 2; round++)
        {
            bench.Set(608, 8, 1UL << 40 | 1);
            Assert.Equal(1UL, bench.Get(616, 8));
            Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, bench.LastCause);
        }
    }

    [Fact]
    public void C91_events_with_filters()
    {
        var bench = new IommuBench();
        ulong root = bench.Pages();
        bench.Map(root, 8, 0x1000, 0x7000, IommuBench.Rwx);
        for (uint device = 4; device < 9; device++)
        {
            bench.Device(device, new Dc { Fsc = Dc.Atp(8, root), Ta = 7 << 12 });
        }

        void Select(int counter, ulong number, ulong filter = 0) => bench.Set((ulong)(344 + (8 * counter)), 8, number | filter);
        ulong Count(int counter) => bench.Get((ulong)(96 + (8 * counter)), 8);
        Select(1, 1);
        Select(2, 1, 1UL << 61 | 5UL << 36);
        Select(3, 1, 1UL << 61 | 1UL << 15 | 5UL << 36);
        Select(4, 4);
        Select(5, 5);
        Select(6, 7);
        Select(7, 7, 1UL << 62 | 1UL << 60 | 7UL << 16);
        Select(8, 7, 1UL << 62 | 1UL << 60 | 8UL << 16);
        Select(9, 1, 1UL << 62);
        Select(10, 1, 1UL << 60);
        Select(11, 8);
        for (uint device = 4; device < 9; device++)
        {
            bench.Load(device, 0x1000);
        }

        Assert.Equal([5UL, 1, 4, 1, 15, 3, 3, 0, 0, 0, 0], Enumerable.Range(1, 11).Select(Count));
        bench.Set(92, 4, 2);
        bench.Load(4, 0x1000);
        Assert.Equal(5UL, Count(1));
        Select(1, 9);
        Assert.Equal(1UL, bench.Get(352, 8));
    }

    [Fact]
    public void C91_overflow_interrupts_once()
    {
        var bench = new IommuBench();
        bench.Device(1, new Dc());
        bench.Set(352, 8, 1);
        bench.Set(104, 8, ulong.MaxValue);
        bench.Load(1, 0);
        Assert.Equal(0UL, bench.Get(104, 8));
        Assert.Equal(1UL << 63 | 1, bench.Get(352, 8));
        Assert.Equal(2UL, bench.Get(88, 4));
        Assert.Equal(4UL, bench.Pending);
        bench.Set(84, 4, 4);
        bench.Set(104, 8, ulong.MaxValue);
        bench.Load(1, 0);
        Assert.Equal(0UL, bench.Pending);
        bench.Set(96, 8, (1UL << 63) - 2);
        bench.Iommu.AdvanceCycles(1);
        Assert.Equal((1UL << 63) - 1, bench.Get(96, 8));
        bench.Iommu.AdvanceCycles(3);
        Assert.Equal(1UL << 63 | 2, bench.Get(96, 8));
        Assert.Equal(3UL, bench.Get(88, 4));
        Assert.Equal(4UL, bench.Pending);
        bench.Set(92, 4, 1);
        bench.Iommu.AdvanceCycles(3);
        Assert.Equal(1UL << 63 | 2, bench.Get(96, 8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void C92_each_structure_in_its_own_byte_order(bool first)
    {
        var bench = new IommuBench(fctl: 1);
        ulong second = bench.Pages(4);
        ulong directory = bench.Pages();
        ulong root = bench.Pages();
        for (ulong gigabyte = 0; gigabyte < 4; gigabyte++)
        {
            bench.Map(second, 8, gigabyte << 30, gigabyte << 30, IommuBench.Rwx, level: 2, second: true, bigEndian: true);
        }

        bench.Put(directory + 16, 1 | 7 << 12, first);
        bench.Put(directory + 24, Dc.Atp(8, root), first);
        ulong place = bench.Map(root, 8, 0x1000, 0x7000, IommuBench.Rwx & ~(IommuBench.A | IommuBench.D), bigEndian: first);
        bench.Device(1, new Dc
        {
            Tc = 1 | Dc.Pdtv | Dc.Sade | Dc.Gade | (first ? Dc.Sbe : 0),
            Fsc = Dc.Atp(1, directory),
            Iohgatp = Dc.Atp(8, second, 3),
        });
        Assert.Equal(0x7123UL, bench.Process(1, 1, 0x1123, Memory.AccessKind.Store).Address);
        Assert.Equal((0x7000UL >> 2) | IommuBench.Rwx, bench.Peek(place, first));
        ulong page = bench.Pages();
        bench.Command(0x1122_3344_0000_0402, page >> 2);
        Assert.Equal(1UL, bench.CommandHead);
        Assert.Equal(0x4433_2211UL, bench.Memory[page]);
        bench.Load(2, 0xABC);
        Assert.Equal(258UL | 2UL << 34 | 2UL << 40, bench.Record(0, 0));
        Assert.Equal(0xABCUL, bench.Record(0, 2));
    }
}
