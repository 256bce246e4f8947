using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>
/// Cases M1..M21 of worldguard.md section 10.3, as transactions. Where the case has an instruction that makes two
/// transactions (AMO), both are made.
/// </summary>
public sealed class WorldGuardMatchingTests : IDisposable
{
    private const ulong P = WorldGuardBench.P;
    private const ulong Data = WorldGuardBench.Data;

    private readonly WorldGuardBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void M1_after_reset_only_the_trusted_world_gets_through()
    {
        for (int wid = 0; wid < 3; wid++)
        {
            Assert.Equal(0UL, _d.Read(wid, P));
            Assert.Equal(AccessResult.Ok, _d.Store(wid, P, 1));
        }

        Assert.Equal(Data, _d.Read(3, P));
        _d.Store(3, P, 5);
        Assert.Equal(5UL, _d.Memory(P));
        Assert.Equal(0UL, _d.Get(0x10));
    }

    [Fact]
    public void M2_permissions_of_all_matching_slots_are_pooled()
    {
        _d.NapotSlot(1, P, 0x1_0000, 4);
        _d.NapotSlot(2, P, 0x1000, 8);
        Assert.Equal(Data, _d.Read(1, P));
        _d.Store(1, P, 5);
        Assert.Equal(5UL, _d.Memory(P));
        Assert.Equal(Data, _d.Read(1, P + 0x1000));
        _d.Store(1, P + 0x1000, 5);
        Assert.Equal(Data, _d.Memory(P + 0x1000));
    }

    [Fact]
    public void M3_a_later_slot_cannot_revoke()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        _d.NapotSlot(2, P, 0x1000, 0, 0x300);
        Assert.Equal(Data, _d.Read(1, P));
        Assert.Equal(AccessResult.Ok, _d.Store(1, P, 5));
        Assert.Equal(5UL, _d.Memory(P));
    }

    [Fact]
    public void M4_a_top_of_range_slot_begins_at_the_end_of_the_power_of_two_slot_below()
    {
        _d.Slot(1, 0x2000_5FFF, 0, 3);
        _d.Slot(2, 0x2000_C000, 0xC, 1);
        Assert.Equal([0UL, 0UL, Data & uint.MaxValue, Data >> 32, 0UL],
            [_d.Read(1, 0x8001_8000, 4), _d.Read(1, 0x8001_FFFC, 4), _d.Read(1, 0x8002_0000, 4), _d.Read(1, 0x8002_FFFC, 4), _d.Read(1, 0x8003_0000, 4)]);
    }

    [Fact]
    public void M5_a_top_of_range_slot_begins_at_the_address_of_an_off_slot_below()
    {
        _d.Slot(1, 0x2000_4000, 0, 0);
        _d.Slot(2, 0x2000_4400, 0xC, 1);
        Assert.Equal([0UL, Data & uint.MaxValue, Data >> 32, 0UL],
            [_d.Read(1, 0x8000_FFFC, 4), _d.Read(1, 0x8001_0000, 4), _d.Read(1, 0x8001_0FFC, 4), _d.Read(1, 0x8001_1000, 4)]);
    }

    [Fact]
    public void M6_slot_1_begins_at_the_start_of_the_range()
    {
        _d.Slot(1, 0x2000_4400, 0xC, 1);
        Assert.Equal([Data, Data, 0UL], [_d.Read(1, 0x8000_0000), _d.Read(1, 0x8001_0FF8), _d.Read(1, 0x8001_1000)]);
    }

    [Fact]
    public void M7_an_empty_range_matches_nothing_so_slot_0_decides()
    {
        _d.Quiet();
        _d.SetCfg(0, 0x400);
        _d.Slot(1, 0x2000_4400, 0, 0);
        _d.Slot(2, 0x2000_4400, 0xC, 0x101);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(1, 0x8001_0FFC, 4));
        Assert.True(_d.Checker.InterruptLine);
        Assert.Equal(0x8000_0000_0000_0101UL, _d.Get(0x10));
    }

    [Theory]
    [InlineData(0x0FFF_FFFF_FFFF_FFFF)]
    [InlineData(0x1FFF_FFFF_FFFF_FFFF)]
    public void M8_M9_power_of_two_slots_may_cover_everything(ulong address)
    {
        _d.Slot(1, address, 0xC, 3);
        Assert.Equal([Data, Data], [_d.Read(1, P), _d.Read(1, 0x8000_0000)]);
        IommuTranslation answer = _d.Port.Translate(P - 0x8000_0000, AccessKind.Load, 1);
        Assert.Equal((_d.Downstream, 0x7FFF_FFFFUL, AccessKinds.All), (answer.Target, answer.Mask, answer.Permissions));
    }

    [Fact]
    public void M10_error_flags_of_all_matching_slots_are_pooled_per_direction()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x100);
        _d.NapotSlot(2, P, 0x1_0000, 0);
        Assert.Equal((AccessResult.Error, 0UL), _d.Load(1, P));
        Assert.Equal(AccessResult.Ok, _d.Store(1, P, 5));
        Assert.Equal(Data, _d.Memory(P));
        Assert.Equal(0UL, _d.Read(1, P + 0x1000));
    }

    [Fact]
    public void M11_M12_slot_0_speaks_only_where_no_slot_matches()
    {
        _d.Quiet();
        _d.SetCfg(0, 0x100);
        Assert.Equal(AccessResult.Error, _d.Load(1, P).Result);
        Assert.Equal(AccessResult.Ok, _d.Store(1, P, 5));
        Assert.Equal(Data, _d.Memory(P));
        _d.NapotSlot(2, P, 0x1000, 0);
        Assert.Equal(0UL, _d.Read(1, P));
    }

    [Fact]
    public void M13_the_last_slot_begins_at_the_end_of_the_one_before()
    {
        _d.Slot14();
        _d.Slot(15, 0x2000_4000, 0, 0);
        _d.SetPerm(16, 0xCC);
        Assert.Equal([0UL, Data & uint.MaxValue], [_d.Read(1, 0x8000_FFFC, 4), _d.Read(1, 0x8001_0000, 4)]);
    }

    [Fact]
    public void M14_on_a_read_only_page_an_atomic_reads_and_leaves_memory_alone()
    {
        _d.NapotSlot(1, P, 0x1000, 4);
        Assert.Equal(Data, _d.Read(1, P));
        _d.Store(1, P, 5);
        Assert.Equal(Data, _d.Read(1, P));
        ulong old = _d.Read(1, P);
        Assert.Equal(AccessResult.Ok, _d.Store(1, P, old + 1));
        Assert.Equal([Data, Data], [old, _d.Read(1, P)]);
        Assert.Equal(AtomicPolicy.LoadThenStore, _d.Port.AtomicPolicy);
    }

    [Fact]
    public void M15_on_a_write_only_page_an_atomic_reads_zero_and_stores()
    {
        _d.NapotSlot(1, P, 0x1000, 8);
        _d.Store(1, P, 5);
        Assert.Equal([0UL, 5UL], [_d.Read(1, P), _d.Read(3, P)]);
        ulong old = _d.Read(1, P);
        _d.Store(1, P, old + 1);
        Assert.Equal([0UL, 1UL], [old, _d.Read(3, P)]);
    }

    [Fact]
    public void M16_a_refused_store_of_a_read_only_page_can_be_a_bus_error()
    {
        _d.NapotSlot(1, P, 0x1000, 4, 0x200);
        Assert.Equal((AccessResult.Ok, Data), _d.Load(1, P));
        Assert.Equal(AccessResult.Error, _d.Store(1, P, 5));
        Assert.Equal(Data, _d.Memory(P));
    }

    [Fact]
    public void M17_M18_each_part_of_an_access_across_pages_has_its_own_verdict()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        Assert.Equal(Data >> 32, _d.Read(1, P + 0xFFC));
        _d.Quiet();
        _d.SetCfg(0, 0x200);
        Assert.Equal(AccessResult.Ok, _d.Store(1, P + 0xFFC, 1, 4));
        Assert.Equal(AccessResult.Error, _d.Store(1, P + 0x1000, 1, 4));
        Assert.Equal(P + 0x1000, _d.Recorder.Reports[^1].PhysicalAddress);
    }

    [Fact]
    public void M19_worlds_are_told_apart()
    {
        _d.NapotSlot(1, P, 0x1000, 0x30);
        Assert.Equal([0UL, Data, 0UL], [_d.Read(1, P), _d.Read(2, P), _d.Read(0, P)]);
    }

    [Fact]
    public void M20_M21_the_bypass_shrinks_with_the_address_of_the_slot_before_only()
    {
        _d.SetAddr(5, 0x2000_8000);
        Assert.Equal(Data, _d.Read(3, P));
        _d.Slot14();
        _d.SetAddr(15, 0x2000_8000);
        Assert.Equal([0UL, Data, Data], [_d.Read(3, P), _d.Read(3, 0x8002_0000), _d.Read(3, 0x8000_0000)]);
    }

    [Fact]
    public void Unspecified_attributes_count_as_the_trusted_world()
    {
        Assert.Equal(AccessResult.Ok, _d.Space.Read(NoInitiator.Instance, P, 8, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value));
        Assert.Equal(Data, value);
    }

    [Fact]
    public void Debugger_accesses_pass_by()
    {
        _d.Quiet();
        _d.Space.Read(NoInitiator.Instance, P, 8, AccessKind.Load, TransactionAttributes.DebugAccess, out ulong value);
        Assert.Equal(Data, value);
    }

    [Fact]
    public void A_world_that_does_not_exist_is_refused()
    {
        _d.NapotSlot(1, P, 0x1000, 0xFF, 0x100);
        Assert.Equal(AccessResult.Error, _d.Load(7, P).Result);
        Assert.Equal(7UL | (1UL << 8) | (1UL << 62), _d.Get(0x10));
    }

    [Fact]
    public void TzCompat_takes_the_world_from_the_secure_bit()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions(new WorldGuardConfiguration(2, 1, hwBypass: true, tzCompat: true)));
        TransactionAttributes secure = TransactionAttributes.Specified.WithSecure(true);
        bench.Space.Read(NoInitiator.Instance, P, 8, AccessKind.Load, secure, out ulong seen);
        bench.Space.Read(NoInitiator.Instance, P, 8, AccessKind.Load, secure.WithSecure(false).WithWorld(1), out ulong hidden);
        Assert.Equal([Data, 0UL], [seen, hidden]);
        Assert.Equal(2, bench.Port.IndexOf(secure) + bench.Checker.WorldGuard.WorldOf(secure));
    }

    [Fact]
    public void Answers_hold_for_the_largest_block_inside_one_interval_and_only_for_like_kinds()
    {
        _d.NapotSlot(1, P, 0x1_0000, 4);
        IommuTranslation read = _d.Port.Translate(P - 0x8000_0000 + 0x1234, AccessKind.Fetch, 1);
        IommuTranslation write = _d.Port.Translate(P - 0x8000_0000 + 0x1234, AccessKind.Store, 1);
        Assert.Equal((_d.Downstream, AccessKinds.Reads, 0xFFFFUL), (read.Target, read.Permissions, read.Mask));
        Assert.Equal((_d.Port.Blocked, AccessKinds.Store, 0xFFFFUL), (write.Target, write.Permissions, write.Mask));
        Assert.Equal(P + 0x1234, read.Apply(P - 0x8000_0000 + 0x1234));
        Assert.Equal(AccessKinds.All, _d.Port.Translate(0, AccessKind.Load, 1).Permissions);
    }
}
