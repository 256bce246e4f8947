using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Cases AD1..AD10 of softtlb.md section 6.5.</summary>
public sealed class AddendTests
{
    [Fact]
    public void AD1_both_kinds_of_one_memory_share_the_addend()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        machine.Store(0x1000, 1);
        Assert.True(machine.Tlb.TryWrite(0x1000, 2UL));
        Assert.Equal((0UL, 1UL), (machine.Counters.SecondAddends, machine.Counters.Translates));
    }

    [Theory]
    [InlineData(TlbStrategy.Deferred)]
    [InlineData(TlbStrategy.DeferredSingleSlot)]
    public void AD2_strict_stops_at_the_second_addend(TlbStrategy strategy)
    {
        using var two = new TwoTargets(new TlbConfiguration { Strategy = strategy, SecondAddend = SecondAddendPolicy.Strict });
        Assert.Equal(TlbOutcome.Ok, two.Tlb.Read(0x1000, 8, out _));
        SecondAddendException stopped = Assert.Throws<SecondAddendException>(() => two.Tlb.Write(0x1000, 8, 1));
        Assert.Contains("0x1000", stopped.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlbStrategy.Deferred)]
    [InlineData(TlbStrategy.DeferredSingleSlot)]
    [InlineData(TlbStrategy.PingPong)]
    [InlineData(TlbStrategy.AllMmio)]
    public void AD3_degrade_serves_the_second_target_uncached(TlbStrategy strategy)
    {
        using var two = new TwoTargets(new TlbConfiguration { Strategy = strategy });
        two.Memory2.Write(0x1000, [9]);
        for (byte i = 1; i <= 4; i++)
        {
            two.Memory1.Write(0x1000, [(byte)(i + 100)]);
            Assert.Equal(TlbOutcome.Ok, Machine.Load(two.Tlb, 0x1000, 1, out ulong value));
            Assert.Equal(i + 100UL, value);
            Assert.Equal(TlbOutcome.Ok, Machine.Store(two.Tlb, 0x1000, i, 1));
            Assert.Equal(i, two.ByteOf(two.Memory2, 0x1000));
        }

        if (strategy is TlbStrategy.Deferred or TlbStrategy.DeferredSingleSlot)
        {
            Assert.Equal(KindState.Uncached, two.Tlb.StateOf(0, 0x1000, AccessKind.Store));
            Assert.Equal((1UL, 4UL), (two.Tlb.Statistics.SecondAddends, two.Tlb.Statistics.Uncached));
        }
    }

    [Fact]
    public void AD4_a_sink_first_leaves_the_addend_to_the_store()
    {
        using var machine = new Machine();
        machine.Checker.Allow(AccessKinds.Store);
        machine.Load(0x1000);
        Assert.False(Assert.Single(machine.Tlb.Describe(0)).HasAddend);
        machine.Store(0x1000, 1);
        Assert.True(machine.Tlb.TryWrite(0x1000, 2UL));
        Assert.Equal(2UL, machine.Peek(0x1000));
    }

    [Fact]
    public void AD5_after_a_re_arm_another_target_is_accepted()
    {
        using var two = new TwoTargets(new TlbConfiguration { SecondAddend = SecondAddendPolicy.Strict });
        two.Memory2.Write(0x1000, [9]);
        two.Tlb.Read(0x1000, 1, out ulong before);
        two.ReadsGoToSecond = true;
        two.Tlb.Rearm(1, InvalidationScope.Everything);
        two.Tlb.Read(0x1000, 1, out ulong after);
        Assert.Equal((0UL, 9UL), (before, after));
        Assert.Equal(KindState.Direct, two.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(TlbOutcome.Ok, two.Tlb.Write(0x1000, 1, 3));
        Assert.Equal(0UL, two.Tlb.Statistics.SecondAddends);
    }

    [Fact]
    public unsafe void AD6_an_addend_of_zero_is_an_addend()
    {
        using var machine = new Machine();
        ulong host = (ulong)machine.Memory.PointerTo(0x1000);
        machine.Walker.Map(0, host, new TestPage(0x1000, AccessKinds.All));
        machine.Poke(0x1000, 7);
        Assert.Equal(7UL, machine.Load(host));
        Assert.True(machine.Tlb.TryRead(host, out ulong value));
        Assert.Equal(7UL, value);
        Assert.True(Assert.Single(machine.Tlb.Describe(0)).HasAddend);
        machine.Store(host, 8);
        Assert.Equal(0UL, machine.Counters.SecondAddends);
    }

    [Fact]
    public void AD7_a_granule_smaller_than_the_page_is_never_cached()
    {
        using var machine = new Machine(granule: 256);
        for (ulong granule = 0x1800; granule < 0x2000; granule += 256)
        {
            machine.Checker.Allow(0, granule, AccessKinds.None);
        }

        machine.Poke(0x17f8, ulong.MaxValue);
        machine.Poke(0x1800, ulong.MaxValue);
        Assert.Equal(ulong.MaxValue, machine.Load(0x17f8));
        Assert.Equal(0UL, machine.Load(0x1800));
        Assert.Equal(0xFFFF_FFFFUL, machine.Load(0x17fc));
        Assert.Equal(KindState.Uncached, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        machine.Tlb.FetchPage(0x1000, out nint page);
        Assert.Equal(0, page);
        Assert.Equal(2, machine.Checker.Sink.Log.Count);
        machine.Store(0x17fc, 0);
        Assert.Equal((0xFFFF_FFFFUL, ulong.MaxValue), (machine.Peek(0x17f8), machine.Peek(0x1800)));
    }

    [Fact]
    public void AD8_a_checker_with_a_partial_hit_rule_refuses_a_crossing_access_as_a_whole()
    {
        using var machine = new Machine(granule: 4);
        machine.Checker.WholeAccess = true;
        machine.Checker.Allow(0, 0x1004, AccessKinds.None);
        machine.Poke(0x1000, ulong.MaxValue);
        Assert.Equal(0UL, machine.Load(0x1000));
        machine.Store(0x1000, 0);
        Assert.Equal(ulong.MaxValue, machine.Peek(0x1000));
        Assert.Equal(0xFFFF_FFFFUL, machine.Load(0x1000, 4));
        Assert.Equal([(0x1000UL, 8, AccessKind.Load), (0x1000UL, 8, AccessKind.Store)], machine.Checker.Sink.Log.Select(each => (each.Offset, each.Size, each.Kind)));
    }

    [Fact]
    public void AD9_a_larger_granule_does_not_enlarge_the_page()
    {
        using var machine = new Machine(granule: 65536);
        for (ulong page = 0; page < 16; page++)
        {
            machine.Load(page << 12);
            machine.Load(page << 12);
        }

        Assert.Equal((16UL, 16UL), (machine.Counters.Translates, machine.Counters.Walks));
    }

    [Fact]
    public void AD10_pages_of_a_large_page_have_results_of_their_own()
    {
        using var machine = new Machine();
        machine.Walker.Default = new TestPage(0, AccessKinds.All) { Identity = true, Log2Size = 21 };
        machine.Checker.Allow(0, 0x2000, AccessKinds.None);
        machine.Poke(0x1000, 1);
        machine.Poke(0x2000, 2);
        Assert.Equal(1UL, machine.Load(0x1000));
        Assert.Equal(0UL, machine.Load(0x2000));
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(KindState.Sink, machine.Tlb.StateOf(0, 0x2000, AccessKind.Load));
    }

    [Fact]
    public void A_new_target_seen_before_the_re_arm_leaves_no_addend_without_a_user()
    {
        // Inside the window, the load is translated anew because its single slot served the sink meanwhile.
        using var two = new TwoTargets(new TlbConfiguration());
        two.Tlb.Read(0x1000, 1, out _);
        two.Tlb.FlushPage(0x1000);
        two.Tlb.Write(0x1000, 1, 1);
        two.ReadsGoToSecond = true;
        two.Tlb.Read(0x1000, 1, out _);
        Assert.Equal(KindState.Direct, two.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        two.Tlb.Rearm(1, InvalidationScope.Everything);
        Assert.False(Assert.Single(two.Tlb.Describe(0)).HasAddend);
    }

    /// <summary>A device that sends loads to one memory and stores to another.</summary>
    private sealed class TwoTargets : IDisposable
    {
        public TwoTargets(TlbConfiguration configuration)
        {
            var tree = new MemoryTree();
            AddressSpace one = tree.CreateSpace("one", new RamRegion("ram1", Memory1));
            AddressSpace two = tree.CreateSpace("two", new RamRegion("ram2", Memory2));
            var splitter = new Translator("splitter", 1, (offset, kind, _) => kind == AccessKind.Store
                ? new(two, offset, 0xfff, AccessKinds.Store)
                : new(ReadsGoToSecond ? two : one, offset, 0xfff, AccessKinds.Reads));
            Tlb = new SoftTlb(new TestInitiator(0), tree.CreateSpace("front", splitter), new TestWalker(), configuration);
        }

        public GuestMemory Memory1 { get; } = new(0x4000);

        public GuestMemory Memory2 { get; } = new(0x4000);

        public bool ReadsGoToSecond { get; set; }

        public SoftTlb Tlb { get; }

        public byte ByteOf(GuestMemory memory, ulong offset)
        {
            Span<byte> one = stackalloc byte[1];
            memory.Read(offset, one);
            return one[0];
        }

        public void Dispose()
        {
            Tlb.Dispose();
            Memory1.Dispose();
            Memory2.Dispose();
        }
    }
}
