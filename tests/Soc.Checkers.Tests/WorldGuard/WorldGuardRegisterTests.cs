using Soc.Checkers.Registers;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>Cases R1..R20 of worldguard.md section 10.2.</summary>
public sealed class WorldGuardRegisterTests : IDisposable
{
    private const ulong TopAddress = 0x3FFF_FFFF_FFFF_FFFF;

    private readonly WorldGuardBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void R1_identification_registers_read_in_either_width()
    {
        Assert.Equal([0UL, 0UL, 16UL, 0UL, 16UL], [_d.Get(0, 4), _d.Get(4, 4), _d.Get(8, 4), _d.Get(0xC, 4), _d.Get(8)]);
    }

    [Fact]
    public void R2_writes_to_read_only_registers_change_nothing_and_do_not_fault()
    {
        foreach (ulong offset in new ulong[] { 0, 4, 8 })
        {
            RegisterOutcome outcome = _d.Access(AccessKind.Store, offset, 4, uint.MaxValue);
            Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), outcome);
        }

        Assert.Equal([0UL, 0UL, 16UL], [_d.Get(0, 4), _d.Get(4, 4), _d.Get(8, 4)]);
    }

    [Theory]
    [InlineData(0x20, 1)]
    [InlineData(0x20, 2)]
    [InlineData(0x22, 4)]
    [InlineData(0x24, 8)]
    public void R3_small_and_misaligned_accesses_are_bus_errors(ulong offset, int size)
    {
        Assert.Equal(AccessResult.Error, _d.Access(AccessKind.Load, offset, size).Result);
        Assert.Equal(AccessResult.Error, _d.Access(AccessKind.Store, offset, size, 1).Result);
        Assert.Equal(AccessResult.Error, _d.Access(AccessKind.Load, offset, size, 0, wid: 1).Result);
    }

    [Fact]
    public void R4_configuration_registers_are_deaf_to_eight_byte_accesses()
    {
        _d.SetCfg(1, 0x101);
        Assert.Equal(0UL, _d.Get(0x50));
        Assert.Null(_d.Set(0x50, ulong.MaxValue));
        Assert.Equal(0x101UL, _d.Cfg(1));
    }

    [Fact]
    public void R5_permissions_keep_two_bits_per_world()
    {
        _d.SetPerm(1, ulong.MaxValue);
        Assert.Equal(0xFFUL, _d.Perm(1));
    }

    [Fact]
    public void R6_the_lock_is_taken_with_its_store_and_freezes_the_slot()
    {
        _d.SetCfg(1, 0xFFFF_FFFF);
        Assert.Equal(0x8000_0F03UL, _d.Cfg(1));
        Assert.Equal(0x1FFUL, _d.Addr(1));
        _d.Slot(1, 0x2000_0000, 0xFF, 1);
        Assert.Equal([0x8000_0F03UL, 0x1FFUL, 0UL], [_d.Cfg(1), _d.Addr(1), _d.Perm(1)]);
    }

    [Fact]
    public void R7_slot_0_has_only_error_flags()
    {
        _d.Slot(0, ulong.MaxValue, ulong.MaxValue, 0xF03);
        Assert.Equal([0UL, 0UL, 0xF00UL], [_d.Addr(0), _d.Perm(0), _d.Cfg(0)]);
    }

    [Fact]
    public void R8_the_last_slot_is_off_or_the_top_of_the_range()
    {
        _d.Slot14();
        _d.SetAddr(16, 0);
        _d.SetCfg(16, 0x803);
        Assert.Equal([TopAddress, 0x801UL], [_d.Addr(16), _d.Cfg(16)]);
        _d.SetCfg(16, 0x400);
        Assert.Equal(0x400UL, _d.Cfg(16));
        _d.SetCfg(16, 0x402);
        Assert.Equal(0x400UL, _d.Cfg(16));
    }

    [Fact]
    public void R9_addresses_are_legalised_when_the_mode_is_chosen_too()
    {
        _d.SetAddr(1, 0x2000_03FF);
        Assert.Equal(0x2000_03FFUL, _d.Addr(1));
        _d.SetCfg(1, 1);
        Assert.Equal(0x2000_0000UL, _d.Addr(1));
        _d.SetAddr(1, 0x2000_07FF);
        Assert.Equal(0x2000_0400UL, _d.Addr(1));
    }

    [Fact]
    public void R10_the_smallest_power_of_two_region_is_a_page()
    {
        _d.SetAddr(1, 0x2000_1000);
        _d.SetPerm(1, 4);
        _d.SetCfg(1, 3);
        Assert.Equal(0x2000_11FFUL, _d.Addr(1));
        Assert.Equal([0UL, WorldGuardBench.Data, WorldGuardBench.Data, 0UL],
            [_d.Read(1, 0x8000_3FF8), _d.Read(1, 0x8000_4000), _d.Read(1, 0x8000_4FF8), _d.Read(1, 0x8000_5000)]);
    }

    [Fact]
    public void R11_four_byte_regions_become_power_of_two_regions()
    {
        _d.SetAddr(1, 0x2000_1000);
        _d.SetCfg(1, 2);
        Assert.Equal([3UL, 0x2000_11FFUL], [_d.Cfg(1), _d.Addr(1)]);
    }

    [Fact]
    public void R12_addresses_at_or_beyond_the_end_become_the_start()
    {
        _d.SetAddr(1, TopAddress);
        Assert.Equal(0UL, _d.Addr(1));
        _d.SetAddr(1, ulong.MaxValue);
        Assert.Equal(0UL, _d.Addr(1));
    }

    [Fact]
    public void R13_a_checker_with_a_range_keeps_addresses_inside_it()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions() with { Range = (0x8000_0000, 0x1000_0000) });
        Assert.Equal([0x2000_0000UL, 0x2400_0000UL], [bench.Addr(0), bench.Addr(16)]);
        foreach ((ulong written, ulong kept) in new[] { (0x1000UL, 0x2000_0000UL), (0x2400_0000UL, 0x2000_0000UL), (0x23FF_FC00UL, 0x23FF_FC00UL) })
        {
            bench.SetAddr(1, written);
            Assert.Equal(kept, bench.Addr(1));
        }
    }

    [Fact]
    public void R13_a_range_is_rounded_outward_to_a_power_of_two_region()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions() with { Range = (0x8000_1000, 0x8000_0000) });
        Assert.Equal([0UL, 0x8000_0000UL], [bench.Addr(0), bench.Addr(16)]);
        Assert.Throws<CheckerConfigurationException>(() => new WorldGuardChecker(WorldGuardBench.DramOptions() with { Range = (0x1000, 0) }));
    }

    [Fact]
    public void R14_halves_of_eight_byte_registers_are_written_alone()
    {
        _d.Set(0x44, 1, 4);
        _d.Set(0x40, 0x2345_6400, 4);
        _d.Set(0x48, 0xF, 4);
        Assert.Equal([0x1_2345_6400UL, 0xFUL, 1UL], [_d.Addr(1), _d.Perm(1), _d.Get(0x44, 4)]);
    }

    [Fact]
    public void R15_other_worlds_read_zero_and_write_nothing()
    {
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), _d.Access(AccessKind.Load, 8, 4, 0, wid: 1));
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), _d.Access(AccessKind.Store, 0x50, 4, 1, wid: 1));
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), _d.Access(AccessKind.Store, 0x10, 8, ulong.MaxValue, wid: 1));
        Assert.Equal([0UL, 0UL], [_d.Cfg(1), _d.Get(0x10)]);
        Assert.Empty(_d.Recorder.Reports);
    }

    [Fact]
    public void R16_without_a_trusted_world_everyone_may_configure()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions(new WorldGuardConfiguration(4)));
        Assert.Equal(16UL, bench.Get(8, 4, wid: 1));
        bench.Set(0x50, 0x101, 4, wid: 1);
        Assert.Equal(0x101UL, bench.Get(0x50, 4, wid: 0));
    }

    [Fact]
    public void R17_a_locked_slot_does_not_freeze_its_lower_neighbour()
    {
        _d.Slot(1, 0x2000_4000, 0, 0);
        _d.Slot(2, 0x2000_8000, 0xC, 0x8000_0001);
        Assert.Equal(WorldGuardBench.Data, _d.Read(1, WorldGuardBench.P));
        _d.SetAddr(1, 0x2000_4400);
        Assert.Equal(0x2000_4400UL, _d.Addr(1));
        Assert.Equal(0UL, _d.Read(1, WorldGuardBench.P));
    }

    [Fact]
    public void R18_reset_clears_locks_and_restores_the_bypass()
    {
        _d.Slot(2, 0x2000_8000, 0xC, 0x8000_0001);
        _d.Set(0x10, ulong.MaxValue);
        Assert.Equal(InvalidationScope.Everything, _d.Checker.Reset());
        Assert.False(_d.Checker.InterruptLine);
        Assert.Equal([0UL, 0UL, 0UL, 0UL, 0UL], [_d.Addr(2), _d.Perm(2), _d.Cfg(2), _d.Get(0x10), _d.Get(0x18)]);
        Assert.Equal([TopAddress, 0xC0UL, 1UL], [_d.Addr(16), _d.Perm(16), _d.Cfg(16)]);
        _d.SetPerm(2, 3);
        Assert.Equal(3UL, _d.Perm(2));
    }

    [Fact]
    public void R18_default_slots_replace_the_bypass()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions() with
        {
            DefaultSlots = [new WorldGuardSlot(0x2000_4000, 0, 0), new WorldGuardSlot(0x2000_4400, 0xC, 1)],
        });
        Assert.Equal([0x2000_4000UL, 0x2000_4400UL, 0xCUL, 1UL, 0UL], [bench.Addr(1), bench.Addr(2), bench.Perm(2), bench.Cfg(2), bench.Cfg(16)]);
        Assert.Equal([WorldGuardBench.Data, 0UL, 0UL], [bench.Read(1, WorldGuardBench.P), bench.Read(1, WorldGuardBench.P + 0x1000), bench.Read(3, WorldGuardBench.P)]);
    }

    [Fact]
    public void R19_beyond_the_last_slot_nothing_answers()
    {
        using var bench = new WorldGuardBench(new WorldGuardCheckerOptions("UC", 9, 1, WorldGuardConfiguration.Virt));
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), bench.Access(AccessKind.Store, 0x60, 8, ulong.MaxValue));
        Assert.Equal(0UL, bench.Get(0x60));
        Assert.Equal(0UL, _d.Get(0x34, 4));
        Assert.Equal(0UL, _d.Get(0x38));
    }

    [Fact]
    public void R20_without_bypass_everybody_is_denied_after_reset()
    {
        using var bench = new WorldGuardBench(WorldGuardBench.DramOptions(new WorldGuardConfiguration(4, 3)));
        Assert.Equal([0UL, 0UL, 0UL], [bench.Read(3, WorldGuardBench.P), bench.Perm(16), bench.Cfg(16)]);
    }

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(3, null, false)]
    [InlineData(64, null, false)]
    [InlineData(4, 4, false)]
    [InlineData(4, null, true)]
    public void Configurations_that_the_specification_forbids_are_refused(int worlds, int? trusted, bool tzCompat) =>
        Assert.Throws<CheckerConfigurationException>(() => new WorldGuardConfiguration(worlds, trusted, false, tzCompat));

    [Fact]
    public void Hart_values_must_name_existing_worlds()
    {
        WorldGuardConfiguration.Virt.RequireHart(3, 0xF);
        Assert.Throws<CheckerConfigurationException>(() => WorldGuardConfiguration.Virt.RequireHart(4, 0xF));
        Assert.Throws<CheckerConfigurationException>(() => WorldGuardConfiguration.Virt.RequireHart(3, 0x10));
        Assert.Throws<CheckerConfigurationException>(() => WorldGuardConfiguration.Virt.RequireHart(3, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    public void The_number_of_slots_is_limited_by_the_block(int slots) =>
        Assert.Throws<CheckerConfigurationException>(() => new WorldGuardChecker(new WorldGuardCheckerOptions("c", 0, slots, WorldGuardConfiguration.Virt)));

    [Fact]
    public void The_register_table_reads_like_the_datasheet()
    {
        _d.Slot(1, 0x2000_4000, 0xC, 0x101);
        IReadOnlyList<RegisterRow> table = _d.Checker.Registers.Table();
        Assert.Equal(5 + (17 * 3), table.Count);
        RegisterRow row = Assert.Single(table, entry => entry.Name == "SLOT[1].CFG");
        Assert.Equal((0x50UL, 4, "WARL/RW/W1SS", 0UL, 0x101UL), (row.Offset, row.Width, row.Access, row.Reset, row.Current));
        Assert.True(table.Zip(table.Skip(1)).All(pair => pair.First.Offset < pair.Second.Offset));
        Assert.Contains("| 0x010 | 8 | ERRCAUSE | 63 | IP | RW | 0x0 |", _d.Checker.Registers.ToMarkdown(), StringComparison.Ordinal);
    }
}
