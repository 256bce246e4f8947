using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Cases ST2..ST24 of softtlb.md section 6.4; ST1 is in <see cref="CostVectorTests"/>.</summary>
public sealed class StrategyTests
{
    public static TheoryData<TlbStrategy> Faithful => [TlbStrategy.Deferred, TlbStrategy.DeferredSingleSlot, TlbStrategy.PingPong, TlbStrategy.AllMmio];

    [Fact]
    public void ST2_eager_translation_lets_a_refused_store_reach_memory_unnoticed()
    {
        using Machine machine = With(TlbStrategy.Eager);
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Poke(0x1000, 5);
        Assert.Equal(5UL, machine.Load(0x1000));
        machine.Store(0x1000, 7);
        Assert.Empty(machine.Checker.Sink.Log);
        Assert.Equal(7UL, machine.Load(0x1000));
    }

    [Theory]
    [MemberData(nameof(Faithful))]
    public void ST2_the_faithful_strategies_send_it_to_the_sink(TlbStrategy strategy)
    {
        using Machine machine = With(strategy);
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Poke(0x1000, 5);
        Assert.Equal(5UL, machine.Load(0x1000));
        machine.Store(0x1000, 7);
        RecordedAccess record = Assert.Single(machine.Checker.Sink.Log);
        Assert.Equal((0x1000UL, AccessKind.Store, 7UL, 8), (record.Offset, record.Kind, record.Value, record.Size));
        Assert.Equal(5UL, machine.Load(0x1000));
    }

    [Fact]
    public void ST3_ping_pong_walks_at_every_change_of_kind()
    {
        using Machine machine = With(TlbStrategy.PingPong);
        machine.Checker.Allow(AccessKinds.Reads);
        Alternate(machine, 0x1000, 50);
        Assert.Equal(100UL, machine.Counters.Walks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ST4_an_allowed_page_is_translated_once_per_checker(int depth)
    {
        using Machine machine = With(TlbStrategy.Deferred, depth);
        Alternate(machine, 0x1000, 50);
        machine.Tlb.Fetch(0x1000, 4, out _);
        Assert.Equal((1UL, (ulong)depth), (machine.Counters.Walks, machine.Counters.Translates));
        Assert.All(machine.Checkers, checker => Assert.Equal(1, checker.Calls));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ST5_fetch_load_store_load_on_a_read_only_page_translate_twice(int depth)
    {
        using Machine machine = With(TlbStrategy.Deferred, depth);
        machine.Checkers[^1].Allow(AccessKinds.Reads);
        machine.Tlb.FetchPage(0x1000, out _);
        machine.Load(0x1000);
        machine.Store(0x1000, 1);
        machine.Load(0x1000);
        Assert.Equal((2UL * (ulong)depth, 1UL), (machine.Counters.Translates, machine.Counters.Devices));
        Assert.Single(machine.Checkers[^1].Sink.Log);
    }

    [Fact]
    public void ST6_execute_is_a_kind_of_its_own()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Checker.Allow(AccessKinds.Load);
        machine.Tlb.FetchPage(0x1000, out nint page);
        machine.Load(0x1000);
        Assert.Equal(0, page);
        Assert.Equal(KindState.Sink, machine.Tlb.StateOf(0, 0x1000, AccessKind.Fetch));
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
    }

    [Fact]
    public void ST7_a_kind_that_the_page_table_refuses_is_never_translated()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Walker.Map(0, 0x1000, new TestPage(0x1000, AccessKinds.Reads));
        Assert.Equal(TlbOutcome.WalkFault, machine.TryStore(0x1000, 1, 8));
        machine.Load(0x1000);
        Assert.Equal(TlbOutcome.WalkFault, machine.TryStore(0x1000, 1, 8));
        Assert.Equal(KindState.Disabled, machine.Tlb.StateOf(0, 0x1000, AccessKind.Store));
        Assert.Equal(1, machine.Checker.Calls);
    }

    [Theory]
    [MemberData(nameof(Faithful))]
    public void ST8_a_refused_device_is_not_called(TlbStrategy strategy)
    {
        using Machine machine = With(strategy);
        machine.Checker.Allow(AccessKinds.None);
        machine.Load(Machine.DeviceBase, 4);
        Assert.Empty(machine.Device.Log);
        Assert.Single(machine.Checker.Sink.Log);
    }

    [Fact]
    public void ST9_the_translation_comes_before_the_watchpoint_and_that_before_the_access()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Checker.Allow(AccessKinds.None);
        int translatedBefore = 0;
        int executedBefore = 0;
        var observer = new WatchpointLog
        {
            OnHit = () => (translatedBefore, executedBefore) = (machine.Checker.Calls, machine.Checker.Sink.Calls),
        };
        machine.Tlb.SetWatchpoints([new Watchpoint(0x1000, 8, AccessKinds.Load)], observer);
        machine.Load(0x1000);
        Assert.Single(observer.Hits);
        Assert.Equal((1, 0, 1), (translatedBefore, executedBefore, machine.Checker.Sink.Calls));
    }

    [Fact]
    public void ST10_loads_of_clean_memory_do_not_make_the_refused_store_dirty_it()
    {
        using Machine machine = Tracked(AccessKinds.Reads);
        machine.Load(0x1000);
        machine.Store(0x1000, 1);
        TlbEntryView entry = Assert.Single(machine.Tlb.Describe(0));
        Assert.Equal((KindState.Sink, false), (entry.Store.State, entry.Store.NotDirty));
        Assert.Equal(DirtyClients.None, machine.Ram.Dirty!.DirtyFor(0x1000));
        Assert.Single(machine.Checker.Sink.Log);
    }

    [Fact]
    public void ST11_stores_to_clean_memory_are_noticed_once_while_loads_go_to_the_sink()
    {
        using Machine machine = Tracked(AccessKinds.Store);
        machine.Store(0x1000, 1);
        Assert.True(machine.Tlb.TryWrite(0x1000, 2UL));
        Assert.Equal(0UL, machine.Load(0x1000));
        Assert.Single(machine.Checker.Sink.Log);
        Assert.Equal(1UL, machine.Counters.NotDirty);
    }

    [Fact]
    public unsafe void ST12_a_probe_translates_and_gives_the_host_address()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        Assert.True(machine.Tlb.Probe(0x1008, AccessKind.Load, out nint host));
        Assert.Equal((nint)machine.Memory.PointerTo(0x1008), host);
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
        Assert.Equal(1UL, machine.Counters.Translates);
    }

    [Fact]
    public void ST13_a_probe_of_a_refused_kind_is_not_memory_and_records_nothing()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Checker.Allow(AccessKinds.Reads);
        Assert.True(machine.Tlb.Probe(0x1000, AccessKind.Store, out nint host));
        Assert.Equal(0, host);
        Assert.Empty(machine.Checker.Sink.Log);
        machine.Walker.Map(0, 0x2000, new TestPage(0x2000, AccessKinds.Load));
        TlbFault before = machine.Tlb.Fault;
        Assert.False(machine.Tlb.Probe(0x2000, AccessKind.Store, out host));
        Assert.Equal((0, before), (host, machine.Tlb.Fault));
    }

    [Fact]
    public unsafe void ST14_a_code_page_is_translated_once_and_then_direct()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(TlbOutcome.Ok, machine.Tlb.FetchPage(0x1000 + ((ulong)i * 4), out nint page));
            Assert.Equal((nint)machine.Memory.PointerTo(0x1000), page);
        }

        Assert.Equal((1UL, 1UL), (machine.Counters.Translates, machine.Counters.Slow));
    }

    [Fact]
    public void ST15_a_refused_fetch_follows_the_sink_and_is_never_cached()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Checker.Allow(AccessKinds.Load | AccessKinds.Store);
        for (int i = 0; i < 3; i++)
        {
            machine.Tlb.FetchPage(0x1000, out nint page);
            Assert.Equal(0, page);
            Assert.Equal(TlbOutcome.Ok, machine.Tlb.Fetch(0x1000, 4, out ulong instruction));
            Assert.Equal(0UL, instruction);
        }

        machine.Checker.Sink.Result = AccessResult.Error;
        Assert.Equal(TlbOutcome.BusError, machine.Tlb.Fetch(0x1000, 4, out _));
        Assert.Equal((AccessKind.Fetch, AccessResult.Error), (machine.Tlb.Fault.Kind, machine.Tlb.Fault.Result));
        Assert.Equal(4, machine.Checker.Sink.Log.Count);
    }

    [Theory]
    [InlineData(TlbStrategy.DeferredSingleSlot, 1000UL)]
    [InlineData(TlbStrategy.Deferred, 2UL)]
    public void ST16_one_slot_is_not_enough_for_a_device_behind_a_read_only_checker(TlbStrategy strategy, ulong translates)
    {
        using Machine machine = With(strategy);
        machine.Checker.Allow(AccessKinds.Reads);
        Alternate(machine, Machine.DeviceBase, 500);
        Assert.Equal((1UL, translates), (machine.Counters.Walks, machine.Counters.Translates));
        Assert.Equal(translates == 2 ? 0UL : 998UL, machine.Counters.ContentSwitches);
    }

    [Fact]
    public void ST17_a_dirty_reset_of_an_armed_store_word_is_made_up_for_at_the_translation()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Ram.Dirty = new DirtyMap(machine.Memory.Size, DirtyClients.All);
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Load(0x1000);
        machine.Checker.Allow(AccessKinds.All);
        machine.Ram.Dirty.Clean(0x1000, 0x1000, DirtyClients.Code);
        machine.Tlb.ResetDirty(machine.Ram, 0x1000, 0x1000);
        Assert.Equal(KindState.Armed, machine.Tlb.StateOf(0, 0x1000, AccessKind.Store));
        machine.Store(0x1000, 9);
        Assert.Equal((9UL, 1UL), (machine.Peek(0x1000), machine.Counters.NotDirty));
        Assert.True(machine.Tlb.TryWrite(0x1000, 10UL));
    }

    [Fact]
    public void ST18_an_armed_entry_that_was_evicted_walks_again()
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Log2Entries = 1 });
        machine.Checker.Allow(AccessKinds.Store);
        machine.Store(0x1000, 1);
        machine.Store(0x3000, 1);
        Assert.Equal(2UL, machine.Counters.Walks);
        machine.Load(0x1000);
        Assert.Equal((3UL, 0UL), (machine.Counters.Walks, machine.Counters.VictimHits));
    }

    [Fact]
    public void ST19_two_contexts_of_different_worlds_have_states_of_their_own()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Walker.Worlds[1] = 1;
        machine.Checker.Allow(1, 0x1000, AccessKinds.None);
        machine.Load(0x1000);
        machine.Tlb.UseContexts(1, 1);
        machine.Load(0x1000);
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(KindState.Sink, machine.Tlb.StateOf(1, 0x1000, AccessKind.Load));
        Assert.Equal(1, Assert.Single(machine.Checker.Sink.Log).World);
    }

    [Fact]
    public void ST20_all_mmio_checks_every_access_and_never_registers()
    {
        using Machine machine = With(TlbStrategy.AllMmio);
        machine.Checker.Allow(AccessKinds.Reads);
        Alternate(machine, 0x1000, 500);
        Assert.Equal((1UL, 1000UL, 1000UL), (machine.Counters.Walks, machine.Counters.Translates, machine.Counters.Devices));
        List<int> recipients = [];
        machine.Checker.Registry.Recipients(ulong.MaxValue, recipients);
        Assert.Empty(recipients);
        machine.Checker.Allow(AccessKinds.All);
        machine.Store(0x1000, 7);
        Assert.Equal(7UL, machine.Peek(0x1000));
    }

    [Fact]
    public void ST21_one_stored_sink_names_the_wrong_checker_of_two()
    {
        foreach ((TlbStrategy strategy, int first, int second) in new[] { (TlbStrategy.EagerSinks, 1, 0), (TlbStrategy.Deferred, 0, 1) })
        {
            using Machine machine = With(strategy, depth: 2);
            machine.Checkers[0].Allow(AccessKinds.Store);
            machine.Checkers[1].Allow(AccessKinds.Reads);
            machine.Store(0x1000, 1);
            Assert.Equal((first, second), (machine.Checkers[0].Sink.Log.Count, machine.Checkers[1].Sink.Log.Count));
        }
    }

    [Fact]
    public void ST22_without_checkers_nothing_is_ever_translated()
    {
        foreach (TlbStrategy strategy in Enum.GetValues<TlbStrategy>())
        {
            using Machine machine = With(strategy, depth: 0);
            Alternate(machine, 0x1000, 10);
            machine.Load(Machine.DeviceBase);
            Assert.Equal((0UL, 0UL, 2UL, 2UL), (machine.Counters.LazyTranslations, machine.Counters.Translates, machine.Counters.Walks, machine.Counters.Slow));
        }
    }

    [Theory]
    [MemberData(nameof(Faithful))]
    public void ST23_the_middle_checker_of_three_records_exactly_once(TlbStrategy strategy)
    {
        using Machine machine = With(strategy, depth: 3);
        machine.Checkers[1].Allow(AccessKinds.Reads);
        machine.Store(0x1000, 1);
        Assert.Equal([0, 1, 0], machine.Checkers.Select(checker => checker.Sink.Log.Count));
        Assert.Equal(0UL, machine.Peek(0x1000));
    }

    [Fact]
    public void ST24_ten_refused_accesses_are_executed_ten_times_on_the_sink()
    {
        // What a log that keeps the first error makes of them is the checker's; here each must arrive.
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Checker.Allow(AccessKinds.None);
        for (int i = 0; i < 10; i++)
        {
            machine.Store(0x1000, 1);
        }

        Assert.Equal((10, 1UL, 10UL), (machine.Checker.Sink.Calls, machine.Counters.Translates, machine.Counters.Refused));
    }

    [Fact]
    public void IO5_a_chain_too_deep_is_counted_and_a_decode_error()
    {
        using Machine machine = With(TlbStrategy.Deferred, depth: TranslationChain.MaximumDepth);
        Assert.Equal(TlbOutcome.Ok, machine.TryLoad(0x1000, 8, out _));
        using Machine deep = With(TlbStrategy.Deferred, depth: TranslationChain.MaximumDepth + 1);
        Assert.Equal(TlbOutcome.BusError, deep.TryLoad(0x1000, 8, out _));
        Assert.Equal((AccessResult.DecodeError, 1UL), (deep.Tlb.Fault.Result, deep.Counters.ChainsTooDeep));
    }

    [Fact]
    public void IO13_the_fault_address_is_the_one_before_translation()
    {
        using Machine machine = With(TlbStrategy.Deferred);
        machine.Walker.Map(0, 0x9000, new TestPage(0x1000, AccessKinds.All));
        machine.Checker.Allow(AccessKinds.None);
        machine.Checker.Sink.Result = AccessResult.Error;
        Assert.Equal(TlbOutcome.BusError, machine.TryLoad(0x9010, 4, out _));
        Assert.Equal((0x9010UL, 0x1010UL, AccessResult.Error), (machine.Tlb.Fault.VirtualAddress, machine.Tlb.Fault.PhysicalAddress, machine.Tlb.Fault.Result));
    }

    private static Machine With(TlbStrategy strategy, int depth = 1) => new(depth, configuration: new TlbConfiguration { Strategy = strategy });

    private static Machine Tracked(AccessKinds allowed)
    {
        Machine machine = With(TlbStrategy.Deferred);
        machine.Ram.Dirty = new DirtyMap(machine.Memory.Size, DirtyClients.All);
        machine.Ram.Dirty.Clean(0, machine.Memory.Size, DirtyClients.All);
        machine.Checker.Allow(allowed);
        return machine;
    }

    private static void Alternate(Machine machine, ulong address, int times)
    {
        for (int i = 0; i < times; i++)
        {
            machine.Load(address);
            machine.Store(address, (ulong)i);
        }
    }
}
