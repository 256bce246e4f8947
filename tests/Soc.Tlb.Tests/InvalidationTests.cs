using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Cases IV1..IV12 and the single-threaded RC cases of softtlb.md section 6.6.</summary>
public sealed class InvalidationTests
{
    private static readonly InvalidationScope All = InvalidationScope.Everything;

    [Theory]
    [InlineData(InvalidationGranularity.Rearm, 1UL)]
    [InlineData(InvalidationGranularity.FlushPage, 2UL)]
    [InlineData(InvalidationGranularity.FlushAll, 2UL)]
    public void IV1_after_the_invalidation_the_sink_answers(InvalidationGranularity granularity, ulong walks)
    {
        using Machine machine = With(granularity);
        machine.Poke(0x1000, 7);
        Assert.Equal(7UL, machine.Load(0x1000));
        machine.Checker.Allow(AccessKinds.None);
        machine.Invalidate(machine.Checker, All);
        Assert.Equal(0UL, machine.Load(0x1000));
        Assert.Equal(walks, machine.Counters.Walks);
    }

    [Fact]
    public void IV2_between_commit_and_invalidation_the_old_answer_is_used_whole()
    {
        using var machine = new Machine();
        machine.Poke(0x1000, 7);
        machine.Load(0x1000);
        machine.Checker.Allow(AccessKinds.None);
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.Empty(machine.Checker.Sink.Log);
    }

    [Theory]
    [InlineData(InvalidationGranularity.Rearm)]
    [InlineData(InvalidationGranularity.FlushPage)]
    public void IV3_pages_outside_the_range_stay(InvalidationGranularity granularity)
    {
        using Machine machine = With(granularity);
        machine.Load(0x1000);
        machine.Load(0x2000);
        machine.Invalidate(machine.Checker, new InvalidationScope(0x1800, 0x18ff, ulong.MaxValue, AccessKinds.All));
        machine.Load(0x2000);
        Assert.Equal(2UL, machine.Counters.Translates);
        machine.Load(0x1000);
        Assert.Equal(3UL, machine.Counters.Translates);
    }

    [Fact]
    public void IV4_kinds_outside_the_scope_stay_direct()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        Assert.Equal(1, machine.Tlb.Rearm(1, All with { Kinds = AccessKinds.Store }));
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
        Assert.False(machine.Tlb.TryWrite(0x1000, 1UL));
    }

    [Fact]
    public void IV5_a_reset_is_a_commit_and_an_invalidation_of_everything()
    {
        using var machine = new Machine(depth: 2);
        machine.Checkers[1].Allow(AccessKinds.None);
        machine.Poke(0x1000, 7);
        Assert.Equal(0UL, machine.Load(0x1000));
        machine.Checkers[1].Allow(AccessKinds.All);
        machine.Invalidate(machine.Checkers[1], All);
        Assert.Equal(7UL, machine.Load(0x1000));
    }

    [Fact]
    public void IV6_an_equal_configuration_needs_no_message_and_costs_nothing()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        object before = machine.Checker.Snapshot;
        machine.Checker.Allow(AccessKinds.All);
        Assert.Equal(before, machine.Checker.Snapshot);
        machine.Load(0x1000);
        Assert.Equal(1UL, machine.Counters.Translates);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void IV7_a_re_arm_costs_translations_but_no_walk(int depth)
    {
        using var machine = new Machine(depth);
        machine.Load(0x1000);
        Assert.Equal(3, machine.Tlb.Rearm(depth, All));
        machine.Load(0x1000);
        Assert.Equal((1UL, 2UL * (ulong)depth), (machine.Counters.Walks, machine.Counters.Translates));
        Assert.Equal((1UL, 3UL), (machine.Counters.Rearms, machine.Counters.RearmedKinds));
    }

    [Fact]
    public void IV8_a_fence_after_a_re_arm_costs_a_walk()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        machine.Tlb.Rearm(1, All);
        machine.Tlb.FlushPage(0x1000);
        machine.Load(0x1000);
        Assert.Equal((2UL, 2UL), (machine.Counters.Walks, machine.Counters.Translates));
    }

    [Fact]
    public void IV9_a_revoked_code_page_is_not_given_out_again()
    {
        using var machine = new Machine();
        machine.Tlb.FetchPage(0x1000, out nint before);
        machine.Checker.Allow(AccessKinds.Load | AccessKinds.Store);
        machine.Invalidate(machine.Checker, All with { Kinds = AccessKinds.Fetch });
        machine.Tlb.FetchPage(0x1000, out nint after);
        Assert.NotEqual(0, before);
        Assert.Equal(0, after);
    }

    [Fact]
    public void IV10_entries_in_the_victim_table_are_re_armed_too()
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Log2Entries = 1 });
        machine.Poke(0x1000, 7);
        machine.Load(0x1000);
        machine.Load(0x3000);
        machine.Checker.Allow(AccessKinds.None);
        Assert.Equal(6, machine.Tlb.Rearm(1, All));
        Assert.Equal(KindState.Armed, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(0UL, machine.Load(0x1000));
    }

    [Fact]
    public void IV11_other_contexts_are_re_armed_too_and_other_worlds_are_not()
    {
        using var machine = new Machine();
        machine.Walker.Worlds[1] = 1;
        machine.Load(0x1000);
        machine.Tlb.UseContexts(1, 1);
        machine.Load(0x1000);
        machine.Invalidate(machine.Checker, All with { Indexes = 1UL << 1 });
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(KindState.Armed, machine.Tlb.StateOf(1, 0x1000, AccessKind.Load));
        machine.Invalidate(machine.Checker, All);
        Assert.Equal(KindState.Armed, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void IV12_a_new_memory_map_is_used_from_the_next_poll_on(int depth)
    {
        using var machine = new Machine(depth);
        using var other = new GuestMemory(0x40_0000);
        machine.Poke(0x1000, 7);
        other.Write(0x1000, [9]);
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.False(machine.Tlb.PollViewChange());
        machine.Leaves.Add(0, new RamRegion("other", other), priority: 1);
        var committer = new Thread(machine.Tree.Commit);
        committer.Start();
        committer.Join();
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.True(machine.Tlb.PollViewChange());
        Assert.Equal(9UL, machine.Load(0x1000));
        Assert.False(machine.Tlb.PollViewChange());
    }

    [Fact]
    public void IO9_a_scope_larger_than_the_region_is_clamped()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        Assert.Equal(3, machine.Tlb.Rearm(1, new InvalidationScope(0, ulong.MaxValue, ulong.MaxValue, AccessKinds.All)));
        Assert.Equal(0, machine.Tlb.Rearm(1, new InvalidationScope(ulong.MaxValue - 1, ulong.MaxValue, ulong.MaxValue, AccessKinds.All)));
    }

    [Fact]
    public void IO10_another_owner_or_another_index_changes_nothing()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        Assert.Equal(0, machine.Tlb.Rearm(2, All));
        Assert.Equal(0, machine.Tlb.Rearm(1, All with { Indexes = 1UL << 2 }));
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
    }

    [Fact]
    public void M9_a_duplicate_or_late_invalidation_is_harmless()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        Assert.Equal(3, machine.Tlb.Rearm(1, All));
        Assert.Equal(0, machine.Tlb.Rearm(1, All));
        machine.Load(0x1000);
        machine.Tlb.Rearm(1, All);
        machine.Poke(0x1000, 3);
        Assert.Equal(3UL, machine.Load(0x1000));
    }

    [Fact]
    public void RC2_the_initiator_is_registered_before_the_configuration_is_read()
    {
        using var machine = new Machine();
        List<int> recipients = [];
        machine.Checker.InsideTranslate = () => machine.Checker.Registry.Recipients(1, recipients);
        machine.Load(0x1000);
        Assert.Equal([0], recipients);
    }

    [Fact]
    public void RC3_registration_outlives_an_invalidation_of_a_part()
    {
        using var machine = new Machine();
        machine.Poke(0x2000, 7);
        machine.Load(0x1000);
        machine.Load(0x2000);
        machine.Invalidate(machine.Checker, new InvalidationScope(0x1000, 0x1fff, ulong.MaxValue, AccessKinds.All));
        machine.Checker.Allow(AccessKinds.None);
        machine.Invalidate(machine.Checker, new InvalidationScope(0x2000, 0x2fff, ulong.MaxValue, AccessKinds.All));
        Assert.Equal(0UL, machine.Load(0x2000));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RC12_a_reservation_does_not_outlive_a_re_arm(bool rearm)
    {
        using var machine = new Machine();
        machine.Tlb.LoadReserved(0x1000, 8, out _);
        if (rearm)
        {
            machine.Checker.Allow(AccessKinds.Reads);
            machine.Invalidate(machine.Checker, All);
        }

        Assert.Equal(TlbOutcome.Ok, machine.Tlb.StoreConditional(0x1000, 8, 5, out bool stored));
        Assert.Equal((!rearm, rearm ? 0UL : 5UL), (stored, machine.Peek(0x1000)));
    }

    [Fact]
    public void RC13_an_initiator_that_changes_its_own_checker_sees_it_at_the_next_access()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        machine.Checker.Allow(AccessKinds.None);
        machine.Tlb.Invalidate(machine.Checker.Owner, All);
        machine.Load(0x1000);
        Assert.Single(machine.Checker.Sink.Log);
    }

    [Fact]
    public void RC14_each_part_of_a_crossing_access_is_old_or_new()
    {
        using var machine = new Machine();
        machine.Poke(0x1ff8, ulong.MaxValue);
        machine.Poke(0x2000, ulong.MaxValue);
        machine.Load(0x1000);

        // The commit happens while the second page is walked: the first part was resolved before it.
        machine.Walker.InsideWalk = _ => machine.Checker.Allow(AccessKinds.None);
        Assert.Equal(0x0000_0000_FFFF_FFFFUL, machine.Load(0x1ffc));
        machine.Walker.InsideWalk = null;
        machine.Invalidate(machine.Checker, All);
        Assert.Equal(0UL, machine.Load(0x1ffc));
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void G3_a_strict_checker_is_seen_by_the_first_access_after_the_commit(TlbStrategy strategy, bool byConfiguration)
    {
        using var machine = new Machine(depth: 2, configuration: new TlbConfiguration { Strategy = strategy, Strict = byConfiguration });
        machine.Checkers[1].Strict = true;
        machine.Poke(0x1000, 7);
        for (int i = 0; i < 3; i++)
        {
            machine.Checkers[1].Allow(AccessKinds.All);
            Assert.Equal(7UL, machine.Load(0x1000));
            machine.Tlb.Fetch(0x1000, 8, out ulong code);
            Assert.Equal(7UL, code);
            machine.Tlb.FetchPage(0x1000, out nint page);
            Assert.Equal(0, page);
            machine.Checkers[1].Allow(AccessKinds.None);
            Assert.Equal(0UL, machine.Load(0x1000));
            machine.Store(0x1000, 1);
            Assert.Equal(7UL, machine.Peek(0x1000));
        }

        Assert.Equal(1UL, machine.Counters.Walks);
    }

    public static TheoryData<TlbStrategy, bool> Strategies()
    {
        var all = new TheoryData<TlbStrategy, bool>();
        foreach (TlbStrategy strategy in Enum.GetValues<TlbStrategy>())
        {
            all.Add(strategy, false);
            all.Add(strategy, true);
        }

        return all;
    }

    [Fact]
    public void G3_a_commit_inside_the_translation_makes_the_answer_look_old()
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Strict = true });
        machine.Poke(0x1000, 7);
        machine.Checker.InsideTranslate = () =>
        {
            machine.Checker.InsideTranslate = null;
            machine.Checker.Allow(AccessKinds.None);
        };
        Assert.Equal(7UL, machine.Load(0x1000));
        Assert.Equal(0UL, machine.Load(0x1000));
    }

    [Fact]
    public void G3_costs_nothing_for_pages_behind_other_checkers()
    {
        using var machine = new Machine();
        machine.Load(0x1000);
        Assert.True(machine.Tlb.TryRead(0x1000, out ulong _));
        machine.Checker.Strict = true;
        machine.Tlb.Flush();
        machine.Load(0x1000);
        Assert.False(machine.Tlb.TryRead(0x1000, out ulong _));
        machine.Load(0x1000);
        Assert.Equal(2UL, machine.Counters.Translates);
    }

    private static Machine With(InvalidationGranularity granularity) => new(configuration: new TlbConfiguration { Invalidation = granularity });
}
