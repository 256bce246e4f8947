using Soc.Checkers.Gpc;
using Soc.Memory;
using Soc.Tlb;
using static Soc.Checkers.Tests.Gpc.GpcBench;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>What initiators may keep, and what drops it: cases G45 to G59 of arm-filters.md section 4.12.</summary>
public sealed class GpcCachingTests : IDisposable
{
    private const ulong EntryOf = LevelZero + 0x10;
    private const ulong WordOf = LevelOne + (8 * 0x123);
    private const ulong AllNonSecure = 0x9999_9999_9999_9999;
    private const ulong ThisRealm = 0x9999_9999_999B_9999;
    private const ulong ThisNothing = 0x9999_9999_9990_9999;

    private readonly GpcBench _d = new();
    private readonly GpcHarts _harts;

    public GpcCachingTests()
    {
        _harts = new GpcHarts(_d);
        _d.Tables[EntryOf] = LevelOne | 3;
        _d.Tables[WordOf] = AllNonSecure;
    }

    public void Dispose()
    {
        _harts.Dispose();
        _d.Dispose();
    }

    [Fact]
    public void G45_a_table_store_drops_nothing_until_the_granule_is_invalidated()
    {
        Assert.True(_harts.Loads(SecuritySpace.NonSecure));
        _d.Tables[WordOf] = ThisRealm;
        Assert.True(_harts.Loads(SecuritySpace.NonSecure));
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000));
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        Assert.True(_harts.Loads(SecuritySpace.Realm));
    }

    [Fact]
    public void G46_the_local_invalidation_reaches_its_own_hart_only()
    {
        Assert.True(_harts.Loads(SecuritySpace.NonSecure, hart: 0));
        Assert.True(_harts.Loads(SecuritySpace.NonSecure, hart: 1));
        _d.Tables[WordOf] = ThisRealm;
        _harts.Serve(_d.Invalidate(GpcOperation.AllLocal));
        Assert.Equal([0], _harts.Recipients);
        Assert.False(_harts.Loads(SecuritySpace.NonSecure, hart: 0));
        _harts.Serve(_d.Invalidate(GpcOperation.All));
        Assert.Equal([0, 1], _harts.Recipients);
        Assert.False(_harts.Loads(SecuritySpace.NonSecure, hart: 1));
    }

    [Fact]
    public void G47_a_base_that_is_not_aligned_to_the_size_drops_nothing_and_is_counted()
    {
        Assert.Null(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000, sizeCode: 3).Scope);
        Assert.Equal(1, _d.Checker.IgnoredInvalidations);
        Assert.Equal(new InvalidationScope(0x8120_0000, 0x813F_FFFF, 0x1F, AccessKinds.All), _d.Invalidate(GpcOperation.RangeLastLevel, 0x8120_0000, sizeCode: 3).Scope);
    }

    [Theory]
    [InlineData(0x8123_0000)]
    [InlineData(0x8123_4000)]
    public void G48_a_size_below_the_granule_counts_as_the_granule(ulong address)
    {
        _d.Enable(Control | (1 << 14));
        _d.Tables[LevelOne + (8 * 0x12)] = AllNonSecure;
        Assert.True(_harts.Loads(SecuritySpace.NonSecure, 0x8123_F000));
        _d.Tables[LevelOne + (8 * 0x12)] = 0;
        RegisterOutcome outcome = _d.Invalidate(GpcOperation.RangeLastLevel, address);
        Assert.Equal(new InvalidationScope(0x8123_0000, 0x8123_FFFF, 0x1F, AccessKinds.All), outcome.Scope);
        _harts.Serve(outcome);
        Assert.False(_harts.Loads(SecuritySpace.NonSecure, 0x8123_F000));
    }

    [Fact]
    public void G49_reserved_sizes_operations_and_granules_invalidate_nothing()
    {
        for (int size = 10; size < 16; size++)
        {
            Assert.Null(_d.Invalidate(GpcOperation.RangeLastLevel, 0, size).Scope);
        }

        for (int operation = 4; operation < 16; operation++)
        {
            Assert.Null(_d.Invalidate((GpcOperation)operation).Scope);
        }

        _d.Enable(Control | (3 << 14));
        Assert.Null(_d.Invalidate(GpcOperation.Range).Scope);
        Assert.NotNull(_d.Invalidate(GpcOperation.All).Scope);
        Assert.Equal(0UL, _d.Get(TlbiControl));
    }

    [Fact]
    public void G50_a_block_in_place_of_a_table_holds_after_an_invalidation_of_all_levels()
    {
        Assert.True(_harts.Loads(SecuritySpace.NonSecure));
        _d.Tables[EntryOf] = 0xB1;
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000));
        _harts.Serve(_d.Invalidate(GpcOperation.Range, 0x8000_0000, sizeCode: 6));
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        Assert.True(_harts.Loads(SecuritySpace.Realm));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void G51_switching_the_check_on_holds_after_an_invalidation_at_the_latest(bool lazy)
    {
        using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { LazyControl = lazy });
        using var harts = new GpcHarts(d, 1);
        d.Tables.Filling = 0xB1;
        d.Enable(Control & ~0x1_0000UL);
        Assert.True(harts.Loads(SecuritySpace.NonSecure));
        harts.Serve(d.Set(Cr0, 3));
        Assert.Equal(3UL, d.Get(Cr0Ack));
        Assert.Equal(lazy, harts.Loads(SecuritySpace.NonSecure));
        harts.Serve(d.Invalidate(GpcOperation.All));
        Assert.False(harts.Loads(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G52_another_table_base_holds_after_an_invalidation()
    {
        Assert.True(_harts.Loads(SecuritySpace.NonSecure));
        Assert.Null(_d.Set(TableBase, 0x0500_0000, 8).Scope);
        _d.Tables[0x0500_0010] = 0xB1;
        _harts.Serve(_d.Invalidate(GpcOperation.All));
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        Assert.True(_harts.Loads(SecuritySpace.Realm));
    }

    [Fact]
    public void G53_a_shattered_block_loses_one_granule_only()
    {
        for (ulong word = 0; word < 32; word++)
        {
            _d.Tables[LevelOne + (8 * (0x120 + word))] = 0x191;
        }

        for (ulong page = 0; page < 512; page++)
        {
            Assert.True(_harts.Loads(SecuritySpace.NonSecure, 0x8120_0000 + (page << 12)));
        }

        for (ulong word = 0; word < 32; word++)
        {
            _d.Tables[LevelOne + (8 * (0x120 + word))] = AllNonSecure;
        }

        _d.Tables[WordOf] = ThisRealm;
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8120_0000, sizeCode: 3));
        for (ulong page = 0; page < 512; page++)
        {
            Assert.Equal(page != 0x34, _harts.Loads(SecuritySpace.NonSecure, 0x8120_0000 + (page << 12)));
        }
    }

    [Fact]
    public void G54_a_granule_that_comes_back_never_shows_what_it_held()
    {
        _d.Tables[WordOf] = ThisRealm;
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        _d.Tables[WordOf] = ThisNothing;
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000));
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        _d.Downstream.Write(NoInitiator.Instance, Address & ~7UL, 8, TransactionAttributes.DebugAccess, 0);
        _d.Tables[WordOf] = AllNonSecure;
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000));
        Assert.Equal(TlbOutcome.Ok, _harts.Tlbs[0].Read(Address & ~7UL, 8, out ulong value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void G55_a_refusal_is_never_kept()
    {
        _d.Tables[WordOf] = ThisNothing;
        Assert.False(_harts.Loads(SecuritySpace.NonSecure));
        _d.Tables[WordOf] = AllNonSecure;
        Assert.True(_harts.Loads(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G56_a_dma_engines_refusal_is_in_its_own_record()
    {
        Assert.True(_harts.Loads(SecuritySpace.NonSecure, hart: 1));
        _d.Tables[WordOf] = ThisRealm;
        _harts.Serve(_d.Invalidate(GpcOperation.RangeLastLevel, 0x8123_4000));
        Assert.False(_harts.Loads(SecuritySpace.NonSecure, hart: 1));
        Assert.Equal(0UL, _d.Get(GpfFar, 8));
        Assert.Equal(0x0D, Assert.NotNull(GpcRecord.Decode(_d.Get(GpfFar, 8, instance: 1))).StatusCode);
    }

    [Fact]
    public void G57_without_access_enable_everything_is_terminated_without_a_lookup()
    {
        using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { AccessEnabledAtReset = _ => false }, enable: false);
        using var harts = new GpcHarts(d, 1);
        Assert.False(harts.Loads(SecuritySpace.NonSecure));
        d.Set(Cr0, 2);
        Assert.False(harts.Loads(SecuritySpace.Root));
        Assert.Equal([0UL, 0UL], [d.Get(GpfFar, 8), d.Get(ConfigurationFar, 8)]);
        harts.Serve(d.Set(Cr0, 1));
        Assert.True(harts.Loads(SecuritySpace.NonSecure));
        Assert.Empty(d.Tables.Fetches);
    }

    [Fact]
    public void G58_an_access_across_the_border_fails_as_a_whole_in_the_refused_granule()
    {
        _d.Tables[WordOf] = 0x9999_9999_99B9_9999;
        _harts.Tlbs[0].UseContexts(1, 1);
        Assert.Equal(TlbOutcome.BusError, _harts.Tlbs[0].Read(0x8123_4FFC, 8, out _));
        Assert.Equal(0x8123_5000UL, _harts.Tlbs[0].Fault.PhysicalAddress);
        Assert.Equal(0x8123_5000UL, Assert.NotNull(GpcRecord.Decode(_d.Get(GpfFar, 8))).Page);
    }

    [Fact]
    public void G59_one_verdict_serves_all_kinds()
    {
        _harts.Tlbs[0].UseContexts(1, 1);
        Assert.Equal(TlbOutcome.Ok, _harts.Tlbs[0].Read(Address & ~7UL, 8, out _));
        int fetches = _d.Tables.Fetches.Count;
        Assert.Equal(TlbOutcome.Ok, _harts.Tlbs[0].Write(Address & ~7UL, 8, 1));
        Assert.Equal(TlbOutcome.Ok, _harts.Tlbs[0].Fetch(Address & ~7UL, 4, out _));
        Assert.Equal(TlbOutcome.Ok, _harts.Tlbs[0].ReadModifyWrite(Address & ~7UL, 8, AtomicOperation.Add, 1, out ulong old));
        Assert.Equal(1UL, old);
        Assert.Equal(fetches, _d.Tables.Fetches.Count);
        _d.Tables[WordOf] = ThisRealm;
        _harts.Serve(_d.Invalidate(GpcOperation.All));
        Assert.Equal(TlbOutcome.BusError, _harts.Tlbs[0].Write(Address & ~7UL, 8, 1));
        Assert.Equal(TlbOutcome.BusError, _harts.Tlbs[0].Fetch(Address & ~7UL, 4, out _));
        Assert.Equal(TlbOutcome.BusError, _harts.Tlbs[0].ReadModifyWrite(Address & ~7UL, 8, AtomicOperation.Add, 1, out _));
        Assert.Equal(TlbOutcome.BusError, _harts.Tlbs[0].LoadReserved(Address & ~7UL, 8, out _));
    }

    [Fact]
    public void The_run_bit_and_the_acknowledge_register_follow_the_acknowledgements()
    {
        using var harts = new GpcHarts(_d, acknowledgeLater: true);
        Assert.True(harts.Loads(SecuritySpace.NonSecure));
        RegisterOutcome first = _d.Invalidate(GpcOperation.All);
        RegisterOutcome second = _d.Invalidate(GpcOperation.AllLocal);
        Assert.True(first.CompletesAtOnce);
        harts.Serve(second);
        Assert.Equal(1UL, _d.Get(TlbiControl));
        harts.Serve(first);
        Assert.Equal(0UL, _d.Get(TlbiControl));
        RegisterOutcome off = _d.Set(Cr0, 1);
        RegisterOutcome on = _d.Set(Cr0, 3);
        RegisterOutcome closed = _d.Set(Cr0, 2);
        harts.Serve(off);
        harts.Serve(on);
        Assert.Equal([2UL, 3UL], [_d.Get(Cr0), _d.Get(Cr0Ack)]);
        harts.Serve(closed);
        Assert.Equal(2UL, _d.Get(Cr0Ack));
        harts.Serve(closed);
        Assert.Equal(2UL, _d.Get(Cr0Ack));
    }

    [Fact]
    public void Registers_are_for_root_only_and_take_words()
    {
        Assert.Equal(RegisterOutcome.Nothing, _d.Access(AccessKind.Store, Cr0, 4, 0, SecuritySpace.Secure));
        Assert.Equal(0UL, _d.Access(AccessKind.Load, Cr0, 4, 0, SecuritySpace.Realm).Value);
        Assert.Equal(3UL, _d.Get(Cr0));
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Load, Cr0, 2));
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Load, Cr0 + 4, 8));
        Assert.Equal([1UL, 0UL], [_d.Get(Idr0), _d.Get(0x60)]);
    }

    [Fact]
    public void A_world_table_gives_spaces_to_worlds()
    {
        using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { SpaceOfWorld = [SecuritySpace.NonSecure, SecuritySpace.Realm, SecuritySpace.Secure, SecuritySpace.Root] });
        Assert.Equal(SecuritySpace.Root, d.Checker.SpaceOf(TransactionAttributes.Specified.WithWorld(3)).Space);
        Assert.Equal(SecuritySpace.NonSecure, d.Checker.SpaceOf(TransactionAttributes.Specified.WithWorld(9)).Space);
        Assert.Equal(1, d.Ports[0].IndexOf(TransactionAttributes.Specified));
    }

    [Fact]
    public void Resets_to_the_check_being_off_and_drops_everything()
    {
        _d.Check(SecuritySpace.Secure);
        _harts.Serve(new RegisterOutcome(AccessResult.Ok, 0, _d.Checker.Reset()));
        Assert.Equal([1UL, 1UL, 0UL, 0UL], [_d.Get(Cr0), _d.Get(Cr0Ack), _d.Get(GpfFar, 8), _d.Get(TableBase, 8)]);
        Assert.Equal([Pass, Pass, Pass, Pass], _d.CheckAll());
    }
}
