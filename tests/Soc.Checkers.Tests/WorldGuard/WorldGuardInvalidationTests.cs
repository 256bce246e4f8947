using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>The checker's side of cases I1..I12 of worldguard.md section 10.5: what a write commits and what it invalidates.</summary>
public sealed class WorldGuardInvalidationTests : IDisposable
{
    private const ulong P = WorldGuardBench.P;

    private readonly WorldGuardBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void I1_I2_a_changed_permission_invalidates_its_area_world_and_direction()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        Assert.Equal(new InvalidationScope(P, P + 0xFFF, 1 << 1, AccessKinds.Store), _d.SetPerm(1, 4));
        Assert.Equal(new InvalidationScope(P, P + 0xFFF, 1 << 1, AccessKinds.Reads), _d.SetPerm(1, 0));
        Assert.Equal(0UL, _d.Read(1, P));
        Assert.Equal(new InvalidationScope(P, P + 0xFFF, 1 << 1, AccessKinds.All), _d.SetPerm(1, 0xC));
        Assert.Equal(WorldGuardBench.Data, _d.Read(1, P));
    }

    [Fact]
    public void I6_error_flags_of_slot_0_concern_the_refused_where_nothing_matches()
    {
        _d.Quiet();
        InvalidationScope scope = Assert.NotNull(_d.SetCfg(0, 0x100));
        Assert.Equal(new InvalidationScope(0x8001_0000, 0xFFFF_FFFF, 0x1F, AccessKinds.Reads), scope);
        Assert.Equal(AccessResult.Error, _d.Load(1, P).Result);
    }

    [Fact]
    public void I7_reset_invalidates_everything()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        Assert.Equal(InvalidationScope.Everything, _d.Checker.Reset());
        Assert.Equal(0UL, _d.Read(1, P));
    }

    [Fact]
    public void I11_error_registers_locked_slots_and_untrusted_writes_invalidate_nothing()
    {
        _d.NapotSlot(2, P, 0x1000, 0xC, 0x8000_0000);
        object before = _d.Checker.Snapshot;
        for (ulong round = 0; round < 1000; round++)
        {
            Assert.Null(_d.Set(0x10, round << 62));
            Assert.Null(_d.Set(0x18, round));
        }

        Assert.Null(_d.SetPerm(2, 0));
        Assert.Null(_d.SetCfg(2, 0));
        Assert.Null(_d.SetPerm(0, 0xFF));
        Assert.Null(_d.Set(0x48, 0xFF, 8, wid: 1));
        Assert.Same(before, _d.Checker.Snapshot);
    }

    [Fact]
    public void I12_a_snapshot_that_was_read_once_stays_whole()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        var before = (WorldGuardSnapshot)_d.Checker.Snapshot;
        _d.Slot(1, WorldGuardBench.Napot(P + 0x1000, 0x1000), 4, 0x103);
        Assert.True(before.Judge(P, 1, store: true).Permitted);
        Assert.False(before.Judge(P + 0x1000, 1, store: false).Permitted);
        Assert.NotSame(before, _d.Checker.Snapshot);
    }

    [Fact]
    public void I12_an_access_that_is_still_sent_to_the_sink_follows_the_new_configuration_completely()
    {
        IommuTranslation stale = _d.Port.Translate(P - 0x8000_0000, AccessKind.Load, 1);
        Assert.Same(_d.Port.Blocked, stale.Target);
        _d.NapotSlot(1, P, 0x1000, 0xC, 0x300);
        stale.Target.Read(NoInitiator.Instance, P, 8, AccessKind.Load, WorldGuardBench.World(1), out ulong value);
        Assert.Equal(WorldGuardBench.Data, value);
        stale.Target.Write(NoInitiator.Instance, P, 8, WorldGuardBench.World(1), 9);
        Assert.Equal(9UL, _d.Memory(P));
        Assert.Empty(_d.Recorder.Reports);
    }

    [Fact]
    public void IV6_M12_a_write_that_changes_no_answer_invalidates_nothing()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        object before = _d.Checker.Snapshot;
        Assert.Null(_d.SetPerm(1, 0xC));
        Assert.Null(_d.SetAddr(1, P >> 2));
        Assert.Null(_d.SetAddr(5, 0x2000_0000));
        Assert.Null(_d.SetPerm(5, 0xFF));
        Assert.Same(before, _d.Checker.Snapshot);
    }

    [Fact]
    public void Changes_outside_the_protected_regions_invalidate_nothing()
    {
        Assert.Null(_d.SetPerm(1, 0xC));
        Assert.Null(_d.SetAddr(1, WorldGuardBench.Napot(0x1_0000_0000, 0x1000)));
        Assert.Null(_d.SetCfg(1, 3));
        Assert.True(((WorldGuardSnapshot)_d.Checker.Snapshot).Judge(0x1_0000_0000, 1, store: false).Permitted);
    }

    [Fact]
    public void A_moved_bound_invalidates_what_lies_between()
    {
        _d.Slot(1, 0x2000_4000, 0, 0);
        _d.Slot(2, 0x2000_8000, 0xC, 1);
        Assert.Equal(new InvalidationScope(P, P + 0xFFF, 1 << 1, AccessKinds.All), _d.SetAddr(1, 0x2000_4400));
        Assert.Equal(new InvalidationScope(0x8002_0000, 0x8002_0FFF, 1 << 1, AccessKinds.All), _d.SetAddr(2, 0x2000_8400));
    }

    [Fact]
    public void Statistics_count_commits_and_invalidations()
    {
        CheckerStatistics before = _d.Checker.Statistics;
        _d.NapotSlot(1, P, 0x1000, 0xC);
        _d.NapotSlot(2, 0x1_0000_0000, 0x1000, 0xC);
        CheckerStatistics after = _d.Checker.Statistics;
        Assert.Equal((2L, 1L), (after.Commits - before.Commits, after.Invalidations - before.Invalidations));
    }
}
