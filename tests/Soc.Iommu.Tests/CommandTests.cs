using Soc.Iommu.Tests.Support;

namespace Soc.Iommu.Tests;

/// <summary>C63 to C69, C80, C86: the command queue.</summary>
public sealed class CommandTests
{
    private const ulong Illegal = 0x400;
    private const ulong MemoryFault = 0x100;

    public static TheoryData<ulong, ulong> ReservedBits
    {
        get
        {
            var data = new TheoryData<ulong, ulong>();
            void Add(ulong word0, IEnumerable<int> bits0, IEnumerable<int> bits1)
            {
                foreach (int bit in bits0)
                {
                    data.Add(word0 | 1UL << bit, 0);
                }

                foreach (int bit in bits1)
                {
                    data.Add(word0, 1UL << bit);
                }
            }

            int[] iotinval0 = [11, .. Enumerable.Range(35, 9), .. Enumerable.Range(60, 4)];
            int[] iotinval1 = [.. Enumerable.Range(0, 9), 62, 63];
            Add(1, iotinval0, iotinval1);
            Add(0x81, iotinval0, iotinval1);
            Add(2, Enumerable.Range(14, 18), [62, 63]);
            int[] iodir0 = [10, 11, 32, .. Enumerable.Range(34, 6)];
            Add(3, iodir0, Enumerable.Range(0, 64));
            Add(0x2_0000_0083, iodir0, Enumerable.Range(0, 64));
            int[] ats0 = [10, 11, .. Enumerable.Range(34, 6)];
            Add(4, ats0, []);
            Add(0x84, ats0, []);
            return data;
        }
    }

    [Fact]
    public void C63_each_reserved_bit_is_illegal()
    {
        foreach (object[] row in (IEnumerable<object[]>)ReservedBits)
        {
            var bench = new IommuBench();
            bench.Command(3);
            bench.Command((ulong)row[0], (ulong)row[1]);
            Assert.True((bench.CommandControl & 0x700) == Illegal, $"{row[0]:x} {row[1]:x}");
            Assert.Equal(1UL, bench.CommandHead);
            Assert.Equal(1UL, bench.Pending & 1);
        }
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(5UL, 0UL)]
    [InlineData(64UL, 0UL)]
    [InlineData(0x101UL, 0UL)]
    [InlineData(0x381UL, 0UL)]
    [InlineData(0x82UL, 0UL)]
    [InlineData(0x103UL, 0UL)]
    [InlineData(0x104UL, 0UL)]
    [InlineData(0x1_0000_0081UL, 0UL)]
    [InlineData(0x83UL, 0UL)]
    [InlineData(0x1003UL, 0UL)]
    [InlineData(0x802UL, 0UL)]
    public void C64_reserved_encodings_and_operands_are_illegal(ulong word0, ulong word1)
    {
        var bench = new IommuBench();
        bench.Command(word0, word1);
        Assert.Equal(Illegal, bench.CommandControl & 0x700);
        Assert.Equal(0UL, bench.CommandHead);
    }

    [Theory]
    [InlineData(42, 0x4_0000_0001UL, 0UL)]
    [InlineData(43, 0x401UL, 0x200UL)]
    [InlineData(25, 0x4UL, 0UL)]
    [InlineData(25, 0x84UL, 0UL)]
    public void C64_commands_of_absent_capabilities_are_illegal(int capability, ulong word0, ulong word1)
    {
        var with = new IommuBench();
        with.Command(word0, word1);
        Assert.Equal(0UL, with.CommandControl & 0x700);
        var without = new IommuBench(IommuBench.All & ~(1UL << capability));
        without.Command(word0, word1);
        Assert.Equal(Illegal, without.CommandControl & 0x700);
    }

    [Fact]
    public void C64_ids_wider_than_supported_are_illegal()
    {
        var bench = new IommuBench(IommuBench.All & ~(1UL << 40), levels: 1);
        bench.Command(0x2_0000_0083 | 0x1FFFFUL << 12);
        Assert.Equal(1UL, bench.CommandHead);
        bench.Command(0x2_0000_0083 | 0x20000UL << 12);
        Assert.Equal(Illegal, bench.CommandControl & 0x700);
        var narrow = new IommuBench(levels: 1);
        narrow.Command(0x2_0000_0083 | 64UL << 40);
        Assert.Equal(Illegal, narrow.CommandControl & 0x700);
    }

    [Fact]
    public void C65_processing_resumes_after_the_error_is_cleared()
    {
        var bench = new IommuBench();
        bench.Command(0);
        bench.Command(0x3);
        bench.Put(bench.CommandQueue, 0x1);
        bench.Set(72, 4, 0x403);
        Assert.Equal(2UL, bench.CommandHead);
        Assert.Equal(0x1_0003UL, bench.CommandControl);
    }

    [Fact]
    public void C66_refused_fetches_and_fence_stores()
    {
        var bench = new IommuBench();
        ulong page = bench.Pages();
        bench.Memory.RefusedPages.Add(page >> 12);
        bench.Command(0xCAFE_0000_0402, page >> 2);
        Assert.Equal(MemoryFault, bench.CommandControl & 0x700);
        Assert.Equal(0UL, bench.CommandHead);
        bench.Memory.RefusedPages.Clear();
        bench.Set(72, 4, 0x103);
        Assert.Equal(1UL, bench.CommandHead);
        Assert.Equal(0xCAFEUL, bench.Memory[page]);
        bench.Memory.PoisonedPages.Add(bench.CommandQueue >> 12);
        bench.Command(1);
        Assert.Equal(MemoryFault, bench.CommandControl & 0x700);
        Assert.Equal(1UL, bench.CommandHead);
    }

    [Fact]
    public void C67_a_fence_stores_exactly_four_bytes()
    {
        var bench = new IommuBench();
        ulong page = bench.Pages();
        bench.Memory[page] = ulong.MaxValue;
        bench.Command(0xCAFE_0000_0402, (page >> 2) + 1);
        Assert.Equal(0x0000_CAFE_FFFF_FFFFUL, bench.Memory[page]);
        Assert.Equal((page + 4, 4), bench.Memory.Writes.Single());
    }

    [Fact]
    public void C68_a_fence_raises_the_wire_until_fence_w_ip_is_cleared()
    {
        var bench = new IommuBench(fctl: 2);
        bench.Command(0x802);
        Assert.Equal(1UL, bench.Pending);
        Assert.Equal(0x1_0803UL, bench.CommandControl);
        bench.Set(84, 4, 1);
        Assert.Equal(1UL, bench.Pending);
        bench.Set(72, 4, 0x803);
        bench.Set(84, 4, 1);
        Assert.Equal(0UL, bench.Pending);
        Assert.Equal((0, false), bench.Port.Wires[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void C69_the_ring_wraps(int size)
    {
        var bench = new IommuBench();
        bench.Set(72, 4, 0);
        bench.Set(24, 8, (bench.CommandQueue >> 2) + (uint)size);
        bench.Set(72, 4, 1);
        uint mask = (2U << size) - 1;
        ulong data = bench.Pages();
        for (uint number = 1; number <= 100; number++)
        {
            ulong tail = bench.Get(36, 4);
            bench.Put(bench.CommandQueue + (16 * tail), 0x402 | (ulong)number << 32);
            bench.Put(bench.CommandQueue + (16 * tail) + 8, data >> 2);
            bench.Set(36, 4, (tail + 1) & mask);
            Assert.Equal(number, bench.Memory[data]);
        }

        Assert.Equal(100, bench.Memory.Writes.Count);
    }

    [Fact]
    public void C80_a_fence_waits_for_ordering_before_it_stores()
    {
        var bench = new IommuBench();
        bench.Port.DefersOrder = true;
        ulong page = bench.Pages();
        bench.Command(0x1_0000_2402, page >> 2);
        bench.Command(1);
        Assert.Equal((false, true), bench.Port.Orders.Single());
        Assert.True(bench.Iommu.IsFencing);
        Assert.Equal(0UL, bench.CommandHead);
        Assert.Equal(0UL, bench.Memory[page]);
        bench.Iommu.OrderingDone();
        Assert.Equal(1UL, bench.Memory[page]);
        Assert.Equal(2UL, bench.CommandHead);
        Assert.Single(bench.Port.Orders);
    }

    [Fact]
    public void A_fence_waits_for_the_acknowledgements_of_earlier_invalidations()
    {
        var bench = new IommuBench();
        bench.Port.DefersInvalidations = true;
        bench.Command(1);
        bench.Command(3);
        Assert.Equal(2UL, bench.CommandHead);
        bench.Command(2);
        bench.Iommu.Acknowledge(2);
        Assert.Equal(2UL, bench.CommandHead);
        bench.Iommu.Acknowledge(1);
        Assert.Equal(3UL, bench.CommandHead);
        Assert.False(bench.Iommu.HasUnacknowledgedInvalidations);
    }

    [Fact]
    public void C86_a_fence_waits_for_ATS_completions()
    {
        var bench = new IommuBench();
        bench.Command(4 | 0x1234UL << 40 | 1UL << 33 | 7UL << 56, 0x8000_0000);
        bench.Command(2);
        Assert.Equal(1UL, bench.CommandHead);
        AtsMessage message = bench.Port.Messages.Single();
        Assert.Equal(new AtsMessage(AtsMessageKind.InvalidateRequest, 0, 0x1234, true, 7, false, 0, 0x8000_0000), message);
        bench.Iommu.CompleteInvalidation(0x1235, 7, 1, 1);
        bench.Iommu.CompleteInvalidation(0x1234, 8, 1, 1);
        bench.Iommu.CompleteInvalidation(0x1234, 7, 2, 1);
        bench.Iommu.CompleteInvalidation(0x1234, 7, 1, 2);
        Assert.Equal(1UL, bench.CommandHead);
        bench.Iommu.CompleteInvalidation(0x1234, 7, 1, 2);
        Assert.Equal(2UL, bench.CommandHead);
    }

    [Fact]
    public void C86_a_timeout_ends_the_next_fence_with_cmd_to()
    {
        var bench = new IommuBench();
        bench.Command(4);
        bench.Command(2);
        bench.Iommu.ExpireInvalidations(1);
        Assert.Equal(0x1_0203UL, bench.CommandControl);
        Assert.Equal(1UL, bench.CommandHead);
        Assert.Equal(1UL, bench.Pending);
        bench.Set(72, 4, 0x203);
        Assert.Equal(2UL, bench.CommandHead);
        Assert.Equal(0x1_0003UL, bench.CommandControl);
    }

    [Fact]
    public void C86_the_queue_waits_while_no_tag_is_free()
    {
        var bench = new IommuBench(change: configuration => configuration with { OutstandingInvalidations = 2 });
        for (int number = 0; number < 3; number++)
        {
            bench.Command(4 | (ulong)number << 40);
        }

        bench.Command(1);
        Assert.Equal(2, bench.Port.Messages.Count);
        Assert.Equal(3UL, bench.CommandHead);
        bench.Iommu.CompleteInvalidation(0, null, 1, 1);
        Assert.Equal(3, bench.Port.Messages.Count);
        Assert.Equal(0, bench.Port.Messages[2].Tag);
        Assert.Equal(4UL, bench.CommandHead);
    }

    [Fact]
    public void A_page_request_group_response_is_passed_on()
    {
        var bench = new IommuBench();
        bench.Command(0x84 | 1UL << 32 | 0x54321UL << 12 | 0xBEEFUL << 40, 0xBEEF_0012_0000_0000);
        Assert.Equal(
            new AtsMessage(AtsMessageKind.PageRequestGroupResponse, 0, 0xBEEF, false, 0, true, 0x54321, 0xBEEF_0012_0000_0000),
            bench.Port.Messages.Single());
    }

    [Fact]
    public void R19_disabling_the_queue_drops_a_waiting_fence()
    {
        var bench = new IommuBench();
        bench.Port.DefersOrder = true;
        bench.Command(0x3002);
        bench.Set(72, 4, 2);
        Assert.Equal(2UL, bench.CommandControl);
        Assert.False(bench.Iommu.IsFencing);
        bench.Iommu.OrderingDone();
        Assert.Equal(0UL, bench.CommandHead);
    }
}
