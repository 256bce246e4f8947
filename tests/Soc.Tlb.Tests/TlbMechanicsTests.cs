using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Cases TL1..TL22 of softtlb.md section 6.3.</summary>
public sealed class TlbMechanicsTests
{
    private static readonly TlbConfiguration Small = new() { Log2Entries = 2, VictimEntries = 8 };

    [Fact]
    public void TL1_two_loads_of_a_page_walk_once()
    {
        using var machine = new Machine(depth: 0);
        machine.Poke(0x1000, 0x1122334455667788);
        Assert.Equal(0x1122334455667788UL, machine.Load(0x1000));
        Assert.True(machine.Tlb.TryRead(0x1004, out uint high));
        Assert.Equal(0x11223344u, high);
        Assert.Equal((1UL, 1UL), (machine.Counters.Walks, machine.Counters.Slow));
    }

    [Fact]
    public void TL2_two_pages_of_one_slot_swap_with_the_victim_table()
    {
        using var machine = new Machine(depth: 1, configuration: Small);
        for (int i = 0; i < 500; i++)
        {
            machine.Load(0x1000);
            machine.Load(0x5000);
        }

        Assert.Equal((2UL, 998UL), (machine.Counters.Walks, machine.Counters.VictimHits));
    }

    [Fact]
    public void TL2_flagged_pages_never_come_back_from_the_victim_table()
    {
        using var machine = new Machine(depth: 1, configuration: Small);
        machine.Checker.Allow(AccessKinds.None);
        for (int i = 0; i < 500; i++)
        {
            machine.Load(0x1000);
            machine.Load(0x5000);
        }

        Assert.Equal((1000UL, 0UL), (machine.Counters.Walks, machine.Counters.VictimHits));
    }

    [Fact]
    public void TL3_ten_pages_of_one_slot_defeat_eight_victims()
    {
        using var machine = new Machine(depth: 0, configuration: Small);
        for (int i = 0; i < 100; i++)
        {
            machine.Load(0x1000 + ((ulong)(i % 10) * 0x4000));
        }

        Assert.Equal(100UL, machine.Counters.Walks);
    }

    [Fact]
    public void TL4_a_refill_for_another_kind_leaves_one_copy()
    {
        using var machine = new Machine(depth: 1, configuration: Small with { Strategy = TlbStrategy.PingPong });
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Load(0x1000);
        machine.Load(0x5000);
        machine.Store(0x1000, 1);
        Assert.Equal(1, Copies(machine.Tlb, 0x1000));
        Assert.Equal(3UL, machine.Counters.Walks);
    }

    [Fact]
    public void TL5_a_crossing_load_faults_on_its_second_page_before_the_first_is_touched()
    {
        using var machine = new Machine(depth: 0);
        machine.Walker.Map(0, 0x2000, new TestPage(0x2000, AccessKinds.None));
        machine.Walker.Map(0, 0x1000, new TestPage(Machine.DeviceBase, AccessKinds.All));
        Assert.Equal(TlbOutcome.WalkFault, machine.TryLoad(0x1ffc, 8, out _));
        Assert.Equal((TestWalker.PageFault, 0x2000UL), (machine.Tlb.Fault.Code, machine.Tlb.Fault.VirtualAddress));
        Assert.Empty(machine.Device.Log);
    }

    [Fact]
    public void TL6_a_crossing_store_writes_memory_and_calls_the_device()
    {
        using var machine = new Machine(depth: 0);
        machine.Walker.Map(0, 0x2000, new TestPage(Machine.DeviceBase, AccessKinds.All));
        machine.Store(0x1ffc, 0x1122334455667788);
        Assert.Equal(0x55667788UL, machine.Peek(0x1ffc, 4));
        RecordedAccess call = Assert.Single(machine.Device.Log);
        Assert.Equal((0UL, 4, 0x11223344UL), (call.Offset, call.Size, call.Value));
        machine.Device.Result = AccessResult.Error;
        Assert.Equal(TlbOutcome.BusError, machine.TryStore(0x1ffc, 0, 8));
        Assert.Equal(0x2000UL, machine.Tlb.Fault.VirtualAddress);
        Assert.Equal(0x55667788UL, machine.Peek(0x1ffc, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void TL6_a_crossing_access_is_never_taken_for_a_hit(int log2Entries)
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = log2Entries });
        machine.Poke(0x1ff8, 0x1111111111111111);
        machine.Poke(0x2000, 0x2222222222222222);
        machine.Load(0x1000);
        machine.Load(0x2000);
        for (ulong address = 0x1ff9; address < 0x2000; address++)
        {
            Assert.False(machine.Tlb.TryRead(address, out ulong _));
            Assert.False(machine.Tlb.TryWrite(address, 0UL));
            Assert.Equal(BitConverter.ToUInt64([.. Enumerable.Range(0, 8).Select(i => address + (ulong)i < 0x2000 ? (byte)0x11 : (byte)0x22)]), machine.Load(address));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => machine.NewTlb(1, new TlbConfiguration { Log2Entries = 0 }));
    }

    [Fact]
    public void TL7_a_misaligned_device_access_is_cut_into_aligned_pieces()
    {
        // Alignment is checked by the hart before it asks the TLB; what reaches a device is aligned all the same.
        using var machine = new Machine(depth: 0);
        machine.Load(Machine.DeviceBase + 3, 8);
        Assert.Equal([(3UL, 1), (4UL, 4), (8UL, 2), (10UL, 1)], machine.Device.Log.Select(call => (call.Offset, call.Size)));
    }

    [Fact]
    public void TL8_a_flush_and_resize_inside_the_second_walk_leaves_the_first_part_right()
    {
        using var machine = new Machine(depth: 1, configuration: new TlbConfiguration { Log2Entries = 6, Resizing = new TlbResizing(1, 12, 1) });
        machine.Poke(0x1ff8, 0x1111111111111111);
        machine.Poke(0x2000, 0x2222222222222222);
        machine.Load(0x1000);
        machine.Walker.InsideWalk = _ => machine.Tlb.Flush();
        Assert.Equal(0x2222222211111111UL, machine.Load(0x1ffc));
        Assert.Equal(1UL, machine.Counters.Resizes);
        Assert.Equal(0x2222222222222222UL, machine.Load(0x2000));
    }

    [Fact]
    public void TL9_flushing_a_page_of_a_large_page_empties_the_context()
    {
        using var machine = new Machine(depth: 0);
        machine.Walker.Map(0, 0x20_0000, new TestPage(0x20_0000, AccessKinds.All) { Log2Size = 21 });
        machine.Walker.Map(0, 0x20_1000, new TestPage(0x20_1000, AccessKinds.All) { Log2Size = 21 });
        machine.Load(0x20_0000);
        machine.Load(0x20_1000);
        machine.Load(0x1000);
        machine.Tlb.FlushPage(0x20_5000);
        Assert.Null(machine.Tlb.StateOf(0, 0x20_0000, AccessKind.Load));
        Assert.Null(machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(1UL, machine.Counters.Flushes);
    }

    [Fact]
    public void TL9_large_pages_at_both_ends_make_every_page_a_part_of_the_region()
    {
        using var machine = new Machine(depth: 0);
        machine.Walker.Map(0, 0, new TestPage(0, AccessKinds.All) { Log2Size = 21 });
        machine.Walker.Map(0, 0xFFFF_FFFF_8000_1000, new TestPage(0x1000, AccessKinds.All) { Log2Size = 21 });
        machine.Load(0);
        machine.Load(0xFFFF_FFFF_8000_1000);
        machine.Tlb.FlushPage(0xFFFF_FFFF_8000_0000);
        Assert.Null(machine.Tlb.StateOf(0, 0xFFFF_FFFF_8000_1000, AccessKind.Load));
    }

    [Fact]
    public void TL10_a_page_outside_the_large_region_goes_alone()
    {
        using var machine = new Machine(depth: 0);
        machine.Walker.Map(0, 0x20_0000, new TestPage(0x20_0000, AccessKinds.All) { Log2Size = 21 });
        machine.Load(0x20_0000);
        machine.Load(0x1000);
        machine.Load(0x2000);
        machine.Tlb.FlushPage(0x1000);
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x20_0000, AccessKind.Load));
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x2000, AccessKind.Load));
        Assert.Null(machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
    }

    [Fact]
    public void TL11_flushing_an_unused_context_is_elided()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Contexts = 3 });
        machine.Load(0x1000);
        machine.Tlb.Flush();
        Assert.Equal((1UL, 2UL), (machine.Counters.Flushes, machine.Counters.ElidedFlushes));
    }

    [Theory]
    [InlineData(0x1000UL, 0x4000UL, 0UL, true)]
    [InlineData(0x1000UL, 0x4001UL, 1UL, true)]
    [InlineData(0x800UL, ulong.MaxValue, 1UL, true)]
    [InlineData(0x2000UL, 0x3000UL, 0UL, false)]
    [InlineData(0x1FFFUL, 1UL, 0UL, true)]
    [InlineData(0x1000UL, 0UL, 0UL, false)]
    public void TL12_a_range_longer_than_the_table_reaches_empties_the_context(ulong first, ulong length, ulong flushes, bool gone)
    {
        using var machine = new Machine(depth: 0, configuration: Small);
        machine.Load(0x1000);
        machine.Tlb.FlushRange(first, length);
        Assert.Equal(flushes, machine.Counters.Flushes);
        Assert.Equal(gone, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load) is null);
    }

    [Fact]
    public void TL13_after_a_page_flush_a_straddling_instruction_is_fetched_anew()
    {
        using var machine = new Machine(depth: 0);
        machine.Poke(0x1ff8, 0x1111111111111111);
        machine.Poke(0x2000, 0x2222222222222222);
        machine.Poke(0x3000, 0x3333333333333333);
        machine.Tlb.Fetch(0x1ffe, 4, out ulong before);
        machine.Walker.Map(0, 0x2000, new TestPage(0x3000, AccessKinds.All));
        machine.Tlb.FlushPage(0x2000);
        machine.Tlb.Fetch(0x1ffe, 4, out ulong after);
        Assert.Equal((0x22221111UL, 0x33331111UL), (before, after));
    }

    [Fact]
    public void TL14_the_first_store_to_a_clean_page_is_slow_the_next_fast()
    {
        using Machine machine = Tracked(depth: 0);
        machine.Store(0x1000, 1);
        machine.Store(0x1008, 2);
        Assert.Equal((1UL, 1UL), (machine.Counters.Slow, machine.Counters.NotDirty));
        Assert.Equal(DirtyClients.All, machine.Ram.Dirty!.DirtyFor(0x1000));
        Assert.True(machine.Ram.Dirty.IsClean(0x2000));
    }

    [Fact]
    public void TL14_a_load_first_does_not_hide_the_clean_page_from_the_store()
    {
        using Machine machine = Tracked(depth: 0);
        machine.Load(0x1000);
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
        Assert.False(machine.Tlb.TryWrite(0x1000, 1UL));
        machine.Store(0x1000, 1);
        Assert.True(machine.Tlb.TryWrite(0x1000, 2UL));
    }

    [Fact]
    public void TL15_a_page_cleaned_for_another_initiator_is_noticed_again()
    {
        using Machine machine = Tracked(depth: 0);
        machine.Store(0x1000, 1);
        Assert.True(machine.Tlb.TryWrite(0x1000, 2UL));

        // Another initiator decodes the page: it cleans the bit, and this one hears of it.
        machine.Ram.Dirty!.Clean(0x1000, 0x1000, DirtyClients.Code);
        machine.Tlb.ResetDirty(machine.Ram, 0x1000, 0x1000);
        Assert.False(machine.Tlb.TryWrite(0x1000, 3UL));
        machine.Store(0x1000, 3);
        Assert.True(machine.Ram.Dirty.DirtyFor(0x1000).HasFlag(DirtyClients.Code));
        Assert.True(machine.Tlb.TryWrite(0x1000, 4UL));
    }

    [Fact]
    public void TL15_a_page_dirtied_by_another_initiator_becomes_fast_after_one_slow_store()
    {
        using Machine machine = Tracked(depth: 0);
        machine.Load(0x1000);
        machine.Ram.Dirty!.Mark(0x1000, 1);
        machine.Store(0x1000, 3);
        Assert.True(machine.Tlb.TryWrite(0x1000, 4UL));
        Assert.Equal(0UL, machine.Counters.NotDirty);
    }

    [Fact]
    public void TL16_a_page_of_mixed_protection_walks_every_time()
    {
        using var machine = new Machine(depth: 1);
        machine.Walker.Map(0, 0x1000, new TestPage(0x1000, AccessKinds.All) { Mixed = true });
        machine.Poke(0x1000, 7);
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.Equal(2UL, machine.Counters.Walks);
        machine.Tlb.FetchPage(0x1000, out nint page);
        Assert.Equal(0, page);
    }

    [Fact]
    public void TL17_a_watched_page_is_slow_and_only_the_watched_bytes_are_reported()
    {
        using var machine = new Machine(depth: 0);
        var observer = new WatchpointLog();
        machine.Tlb.SetWatchpoints([new Watchpoint(0x1010, 4, AccessKinds.Load)], observer);
        machine.Load(0x1000);
        machine.Load(0x1000);
        Assert.Equal(2UL, machine.Counters.Slow);
        Assert.Empty(observer.Hits);
        machine.Load(0x100c);
        machine.Store(0x1010, 1);
        Assert.True(machine.Tlb.TryWrite(0x1010, 1UL));
        Assert.Equal((0x100cUL, 8, AccessKind.Load), Assert.Single(observer.Hits));
        machine.Tlb.SetWatchpoints([], null);
        machine.Load(0x1000);
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
    }

    [Fact]
    public void TL17_fetches_and_atomics_of_a_watched_page_are_seen()
    {
        using var machine = new Machine(depth: 0);
        var observer = new WatchpointLog();
        machine.Tlb.SetWatchpoints([new Watchpoint(0x1000, 0x1000, AccessKinds.All)], observer);
        machine.Tlb.FetchPage(0x1000, out nint page);
        Assert.Equal(0, page);
        machine.Tlb.Fetch(0x1000, 4, out _);
        machine.Tlb.ReadModifyWrite(0x1008, 8, AtomicOperation.Add, 1, out _);
        Assert.Equal([AccessKind.Fetch, AccessKind.Load, AccessKind.Store], observer.Hits.Select(hit => hit.Kind));
    }

    [Fact]
    public void TL18_a_table_used_more_than_seventy_percent_doubles_at_the_flush()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = 6, Resizing = new TlbResizing(6, 7) });
        Touch(machine, 51);
        machine.Tlb.Flush();
        Touch(machine, 128);
        Touch(machine, 128);
        Assert.Equal((1UL, 51UL + 128), (machine.Counters.Resizes, machine.Counters.Walks));
        machine.Tlb.Flush();
        Assert.Equal(1UL, machine.Counters.Resizes);
    }

    [Fact]
    public void TL19_a_table_used_little_over_a_whole_window_shrinks_to_fit()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = 8, VictimEntries = 0, Resizing = new TlbResizing(3, 8, 4) });
        for (int flush = 0; flush < 4; flush++)
        {
            Assert.Equal(0UL, machine.Counters.Resizes);
            Touch(machine, flush == 1 ? 25 : 2);
            machine.Tlb.Flush();
        }

        // 25 pages need 64 entries: 32 would be more than 70 % used.
        Assert.Equal(1UL, machine.Counters.Resizes);
        ulong before = machine.Counters.Walks;
        Touch(machine, 64);
        Touch(machine, 64);
        Assert.Equal(64UL, machine.Counters.Walks - before);
        machine.Load(0x1000 * 64);
        machine.Load(0);
        Assert.Equal(66UL, machine.Counters.Walks - before);
    }

    [Fact]
    public void A_table_that_throws_out_as_many_pages_as_it_holds_doubles_and_keeps_its_pages()
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Log2Entries = 4, VictimEntries = 2, Resizing = new TlbResizing(4, 6, UnderPressure: true) });
        for (ulong page = 0; page < 34; page++)
        {
            machine.Poke(page * 0x1000, page);
        }

        // Two pages sit in the victim table: the eighteenth is the first for which a page is thrown out, and fifteen more follow without growth.
        Touch(machine, 34);
        Assert.Equal(0UL, machine.Counters.Resizes);
        Assert.NotNull(machine.Tlb.StateOf(0, 0x10_000, AccessKind.Load));
        machine.Load(34 * 0x1000);
        Assert.Equal((1UL, 35UL), (machine.Counters.Resizes, machine.Counters.Walks));

        // What the smaller table held is still there, with its answers: the newest sixteen pages and the two victims.
        ulong translations = machine.Counters.LazyTranslations;
        for (ulong page = 16; page < 35; page++)
        {
            Assert.Equal(page == 34 ? 0 : page, machine.Load(page * 0x1000));
        }

        Assert.Equal((35UL, translations), (machine.Counters.Walks, machine.Counters.LazyTranslations));
    }

    [Fact]
    public void A_table_under_pressure_stops_at_its_maximum_and_shrinks_at_flushes()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = 4, VictimEntries = 2, Resizing = new TlbResizing(4, 6, 2, UnderPressure: true) });
        for (int round = 0; round < 8; round++)
        {
            Touch(machine, 128);
        }

        Assert.Equal(2UL, machine.Counters.Resizes);
        for (int flush = 0; flush < 4; flush++)
        {
            machine.Tlb.Flush();
            Touch(machine, 4);
        }

        Assert.Equal(3UL, machine.Counters.Resizes);
    }

    [Fact]
    public void A_flush_forgets_the_pressure()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = 6, Resizing = new TlbResizing(6, 7, UnderPressure: true) });
        for (ulong round = 0; round < 8; round++)
        {
            // Forty pages in one slot: the table is hardly used, and no size would help.
            for (ulong page = 0; page < 40; page++)
            {
                machine.Walker.Map(0, page * 0x40_000, new TestPage(0x1000, AccessKinds.All));
                machine.Load(page * 0x40_000);
            }

            machine.Tlb.Flush();
        }

        Assert.Equal(0UL, machine.Counters.Resizes);
    }

    [Fact]
    public void A_doubled_table_keeps_its_large_page_region()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Log2Entries = 4, VictimEntries = 0, Resizing = new TlbResizing(4, 5, UnderPressure: true) });
        machine.Walker.Map(0, 0x20_1000, new TestPage(0x20_1000, AccessKinds.All) { Log2Size = 21 });
        machine.Load(0x20_1000);
        Touch(machine, 1);
        for (int round = 0; machine.Counters.Resizes == 0; round++)
        {
            Touch(machine, 32);
        }

        machine.Load(0x20_1000);
        machine.Tlb.FlushPage(0x20_5000);
        Assert.Null(machine.Tlb.StateOf(0, 0x20_1000, AccessKind.Load));
    }

    [Fact]
    public void TL20_a_world_change_needs_another_context_or_a_flush()
    {
        using var machine = new Machine();
        machine.Checker.Allow(1, 0x1000, AccessKinds.None);
        machine.Poke(0x1000, 7);
        Assert.Equal(7UL, machine.Load(0x1000));
        machine.Walker.Worlds[1] = 1;
        machine.Tlb.UseContexts(1, 1);
        Assert.Equal(0UL, machine.Load(0x1000));
        machine.Tlb.UseContexts(0, 0);
        Assert.Equal(7UL, machine.Load(0x1000));
        machine.Walker.Worlds[0] = 1;
        machine.Tlb.FlushContexts(1);
        Assert.Equal(0UL, machine.Load(0x1000));
    }

    [Fact]
    public void TL21_a_kind_that_the_translator_does_not_serve_is_a_decode_error_and_memory_stays()
    {
        using var machine = new Machine(depth: 0);
        var translator = new Translator("ro", 1, (offset, _, _) => new(machine.Space, offset, 0xfff, AccessKinds.Reads));
        using var tlb = new SoftTlb(new TestInitiator(0), machine.Tree.CreateSpace("front", translator), machine.Walker, new TlbConfiguration());
        machine.Poke(0x1000, 5);
        Assert.Equal(TlbOutcome.Ok, tlb.Read(0x1000, 8, out ulong value));
        Assert.Equal(TlbOutcome.BusError, tlb.Write(0x1000, 8, 9));
        Assert.Equal((AccessResult.DecodeError, AccessKind.Store, 0x1000UL), (tlb.Fault.Result, tlb.Fault.Kind, tlb.Fault.PhysicalAddress));
        Assert.Equal((5UL, 5UL), (value, machine.Peek(0x1000)));
        Assert.False(tlb.TryWrite(0x1000, 9UL));
    }

    [Fact]
    public void TL22_attributes_of_an_access_survive_a_flush_from_inside_its_device()
    {
        using var machine = new Machine(depth: 0, configuration: new TlbConfiguration { Resizing = new TlbResizing(1, 8, 1) });
        machine.Walker.Worlds[0] = 2;
        var device = new FlushingDevice(() => machine.Tlb.Flush());
        machine.Leaves.Add(0x2000_0000, new MmioRegion("flushing", 0x1000, device));
        machine.Tree.Commit();
        machine.Tlb.PollViewChange();
        machine.Load(0x2000_0001, 8);
        Assert.Equal([2, 2, 2, 2], device.Worlds);
        Assert.Equal(TlbOutcome.Ok, machine.TryStore(0x2000_0001, 1, 8));
        Assert.All(device.Worlds, world => Assert.Equal(2, world));
    }

    [Fact]
    public void Pages_with_two_sections_are_resolved_in_the_section_of_each_access()
    {
        // Two checkers meet inside one page.
        using var machine = new Machine(depth: 0);
        var low = new Filter(machine.Tree, "low", 1, machine.Space, AccessKinds.Reads);
        var high = new Filter(machine.Tree, "high", 2, machine.Space, AccessKinds.Store);
        var root = new ContainerRegion("front");
        root.Add(0, new AliasRegion("low window", low, 0, 0x1800));
        root.Add(0x1800, new AliasRegion("high window", high, 0x1800, 0x1000_0000));
        using var tlb = new SoftTlb(new TestInitiator(0), machine.Tree.CreateSpace("front", root), machine.Walker, new TlbConfiguration());
        machine.Poke(0x17f8, 0x1111111111111111);
        machine.Poke(0x1800, 0x2222222222222222);
        Assert.Equal(TlbOutcome.Ok, tlb.Read(0x1000, 8, out _));
        Assert.Equal(TlbOutcome.Ok, tlb.Write(0x1900, 8, 7));
        Assert.Equal(TlbOutcome.Ok, tlb.Read(0x17fc, 8, out ulong value));
        Assert.Equal((0x11111111UL, 7UL), (value, machine.Peek(0x1900)));
        Assert.Equal(0x1800UL, Assert.Single(high.Sink.Log).Offset);
    }

    [Fact]
    public void A_window_askew_to_its_memory_is_read_across_host_allocations()
    {
        using var machine = new Machine(depth: 0);
        machine.Leaves.Add(0x6000_0000, new AliasRegion("askew", machine.Ram, 0x100, 0x30_0000));
        machine.Tree.Commit();
        machine.Memory.Write(GuestMemory.ChunkSize - 4, [1, 2, 3, 4, 5, 6, 7, 8]);
        const ulong Address = 0x6000_0000 + GuestMemory.ChunkSize - 0x104;
        Assert.Equal(0x0807060504030201UL, machine.Load(Address));
        machine.Store(Address, 0x1817161514131211);
        Assert.Equal(0x1817161514131211UL, machine.Peek(GuestMemory.ChunkSize - 4));
    }

    [Fact]
    public void A_remote_register_stops_the_access_and_a_crossing_one_is_an_error()
    {
        using var machine = new Machine(depth: 1);
        var remote = new RemoteRegion("checker registers", 0x1000, 9);
        machine.Leaves.Add(0x3000_0000, remote);
        machine.Tree.Commit();
        Assert.Equal(TlbOutcome.Pending, machine.TryStore(0x3000_0008, 0x1_2345_6789, 4));
        Assert.Same(remote, machine.Tlb.Pending.Region);
        Assert.Equal((8UL, 4, 0x23456789UL, 0x3000_0008UL), (
            machine.Tlb.Pending.Access.Offset, machine.Tlb.Pending.Access.Size, machine.Tlb.Pending.Value, machine.Tlb.Pending.Access.PhysicalAddress));
        Assert.Equal(TlbOutcome.BusError, machine.TryLoad(0x3000_0006, 4, out _));
        Assert.Equal(TlbOutcome.BusError, machine.Tlb.ReadModifyWrite(0x3000_0008, 4, AtomicOperation.Add, 1, out _));
    }

    [Fact]
    public void Stores_to_read_only_memory_are_discarded_and_loads_stay_direct()
    {
        using var machine = new Machine(depth: 1);
        machine.Ram.ReadOnly = true;
        machine.Tree.Commit();
        machine.Poke(0x1000, 5);
        machine.Store(0x1000, 6);
        Assert.Equal(5UL, machine.Load(0x1000));
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
        Assert.Equal(0UL, machine.Counters.Devices);
    }

    [Fact]
    public void Costs_are_charged_in_cycles()
    {
        using var machine = new Machine(depth: 2, configuration: new TlbConfiguration { WalkReadCost = 10, TranslateCost = 4, DeviceCost = 20 });
        machine.Load(Machine.DeviceBase);
        Assert.Equal(30UL + 8 + 20, machine.Tlb.TakeCycles());
        machine.Load(Machine.DeviceBase);
        Assert.Equal(20UL, machine.Tlb.TakeCycles());
        Assert.Equal(0UL, machine.Tlb.TakeCycles());
    }

    private static void Touch(Machine machine, int pages)
    {
        for (int page = 0; page < pages; page++)
        {
            machine.Load((ulong)page * 0x1000);
        }
    }

    private static Machine Tracked(int depth)
    {
        var machine = new Machine(depth);
        machine.Ram.Dirty = new DirtyMap(machine.Memory.Size, DirtyClients.All);
        machine.Ram.Dirty.Clean(0, machine.Memory.Size, DirtyClients.All);
        return machine;
    }

    private static int Copies(SoftTlb tlb, ulong page) => tlb.Describe(0).Count(entry => entry.VirtualPage == page);

    private sealed class FlushingDevice(Action flush) : IBusDevice
    {
        public List<byte> Worlds { get; } = [];

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = 0;
            Worlds.Add(access.Attributes.WorldId);
            flush();
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value) => Read(access, out _);
    }
}
