using Soc.Checkers.Mpc;
using Soc.Memory;
using static Soc.Checkers.Tests.Mpc.MpcBench;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>The register file: cases of arm-filters.md section 2.10.</summary>
public sealed class MpcRegisterTests : IDisposable
{
    private readonly MpcBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void M01_reset_values()
    {
        Assert.Equal(
            [0x100UL, 31, 7, 0, 0, 1, 0, 0],
            new[] { Ctrl, BlkMax, BlkCfg, BlkIdx, IntStat, IntEn, IntInfo1, IntInfo2 }.Select(offset => _d.Get(offset)));
        Assert.All(Enumerable.Range(0, 32), word => Assert.Equal(0U, _d.Word(word)));
        Assert.True(_d.Passes(Secure(), 0));
    }

    [Fact]
    public void M01_reset_values_of_the_manual_can_be_chosen()
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 4 << 20) { AutoIncrementAtReset = false, InterruptEnabledAtReset = false });
        Assert.Equal([0UL, 0UL], [bench.Get(Ctrl), bench.Get(IntEn)]);
        bench.Load(NonSecure(), 0);
        Assert.False(bench.Checker.InterruptLine);
    }

    [Fact]
    public void M14_write_only_registers_read_zero()
    {
        _d.Set(IntSet, 1);
        Assert.Equal([0UL, 0UL], [_d.Get(IntClear), _d.Get(IntSet)]);
        _d.Set(IntClear, 1);
        Assert.Equal([0UL, 0UL], [_d.Get(IntClear), _d.Get(IntSet)]);
    }

    [Fact]
    public void M15_writes_of_the_table_advance_the_index()
    {
        _d.Set(BlkLut, 0xA);
        _d.Set(BlkLut, 0xB);
        _d.Set(BlkLut, 0xC);
        Assert.Equal(3UL, _d.Get(BlkIdx));
        Assert.Equal([0xAU, 0xBU, 0xCU], [_d.Word(0), _d.Word(1), _d.Word(2)]);
    }

    [Fact]
    public void M16_reads_of_the_table_advance_the_index_and_wrap()
    {
        _d.Set(BlkIdx, 30);
        _d.Get(BlkLut);
        Assert.Equal(31UL, _d.Get(BlkIdx));
        _d.Get(BlkLut);
        Assert.Equal(0UL, _d.Get(BlkIdx));
    }

    [Fact]
    public void M17_writes_wrap_from_the_last_word_to_the_first()
    {
        _d.Set(BlkIdx, 31);
        _d.Set(BlkLut, 1);
        _d.Set(BlkLut, 2);
        Assert.Equal([1U, 2U], [_d.Word(31), _d.Word(0)]);
    }

    [Fact]
    public void M18_without_auto_increment_the_index_stays()
    {
        _d.Set(Ctrl, 0);
        _d.Set(BlkIdx, 4);
        _d.Set(BlkLut, 1);
        _d.Set(BlkLut, 2);
        Assert.Equal([2UL, 4UL], [_d.Get(BlkLut), _d.Get(BlkIdx)]);
    }

    [Fact]
    public void M19_a_byte_write_merges_and_does_not_advance()
    {
        using var bench = new MpcBench();
        InvalidationScope scope = Assert.NotNull(bench.Set(BlkLut + 1, 0xFF, 1));
        Assert.Equal(0UL, bench.Get(BlkIdx));
        Assert.Equal(0xFF00U, bench.Word(0));
        Assert.Equal(new InvalidationScope(Base + 0x8000, Alias + 0xFFFF, 3, AccessKinds.All), scope);
    }

    [Fact]
    public void M20_a_halfword_read_cuts_and_does_not_advance()
    {
        _d.SetWord(0, 0xABCD_0000);
        Assert.Equal([0xABCDUL, 0UL], [_d.Get(BlkLut + 2, 2), _d.Get(BlkIdx)]);
    }

    [Fact]
    public void M21_the_index_is_taken_modulo_the_word_count()
    {
        _d.Set(BlkIdx, 40);
        Assert.Equal(8UL, _d.Get(BlkIdx));
    }

    [Fact]
    public void M22_non_secure_register_accesses_see_and_change_nothing()
    {
        Assert.Equal(RegisterOutcome.Nothing, _d.Access(AccessKind.Load, Ctrl, 4, 0, NonSecure()));
        Assert.Equal(RegisterOutcome.Nothing, _d.Access(AccessKind.Load, BlkLut, 4, 0, NonSecure()));
        Assert.Equal(RegisterOutcome.Nothing, _d.Access(AccessKind.Store, BlkLut, 4, uint.MaxValue, NonSecure()));
        Assert.Equal([0UL, 0UL], [_d.Get(BlkIdx), _d.Get(IntStat)]);
        Assert.Equal(0U, _d.Word(0));
    }

    [Fact]
    public void M23_identification_is_visible_to_everybody()
    {
        ulong[] offsets = [0xFD0, 0xFE0, 0xFE4, 0xFE8, 0xFEC, 0xFF0, 0xFF4, 0xFF8, 0xFFC];
        Assert.Equal(
            [0x04UL, 0x60, 0xB8, 0x1B, 0x00, 0x0D, 0xF0, 0x05, 0xB1],
            offsets.Select(offset => _d.Access(AccessKind.Load, offset, 4, 0, NonSecure()).Value));
    }

    [Fact]
    public void M24_lockdown_freezes_control_table_and_enable_only()
    {
        _d.Set(Ctrl, 0x8000_0100);
        Assert.Null(_d.Set(BlkLut, 7));
        _d.Set(Ctrl, 0);
        _d.Set(IntEn, 0);
        Assert.Equal([0x8000_0100UL, 0UL, 1UL], [_d.Get(Ctrl), _d.Get(BlkIdx), _d.Get(IntEn)]);
        Assert.Equal([0UL, 1UL], [_d.Get(BlkLut), _d.Get(BlkIdx)]);
        _d.Set(BlkIdx, 5);
        Assert.Equal(5UL, _d.Get(BlkIdx));
        Assert.Equal(0U, _d.Word(0));
        _d.Load(NonSecure(), 0);
        Assert.Equal(1UL, _d.Get(IntStat));
        _d.Set(IntClear, 1);
        Assert.Equal(0UL, _d.Get(IntStat));
        _d.Set(IntSet, 1);
        Assert.Equal(1UL, _d.Get(IntStat));
    }

    [Fact]
    public void M25_a_byte_write_of_control_keeps_the_other_bytes()
    {
        _d.Set(Ctrl + 3, 0x80, 1);
        Assert.Equal(0x8000_0100UL, _d.Get(Ctrl));
    }

    [Fact]
    public void M26_a_byte_write_elsewhere_is_expanded_with_zeros()
    {
        _d.Set(IntEn + 1, 0, 1);
        Assert.Equal(0UL, _d.Get(IntEn));
        _d.Set(IntSet, 1);
        _d.Set(IntClear + 1, 1, 1);
        Assert.Equal(1UL, _d.Get(IntStat));
    }

    [Fact]
    public void M27_a_write_that_changes_nothing_invalidates_nothing()
    {
        _d.SetWord(0, 5);
        object before = _d.Checker.Snapshot;
        Assert.Null(_d.SetWord(0, 5));
        Assert.Same(before, _d.Checker.Snapshot);
    }

    [Fact]
    public void M38_bits_beyond_the_region_are_storage_without_meaning()
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 0x8000));
        Assert.Null(bench.SetWord(0, 0xFFFF_FF00));
        Assert.Equal(0xFFFF_FF00U, bench.Word(0));
        Assert.False(bench.Passes(NonSecure(), 0x7FFF));
        Assert.Equal(0UL, bench.Get(BlkMax));
    }

    [Fact]
    public void Registers_take_aligned_accesses_of_up_to_four_bytes()
    {
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Load, Ctrl, 8, 0, Secure()));
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Load, Ctrl + 2, 4, 0, Secure()));
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Store, Ctrl + 1, 2, 0, Secure()));
    }

    [Fact]
    public void A_debugger_reads_the_table_without_advancing()
    {
        _d.SetWord(0, 9);
        Assert.Equal(9UL, _d.Access(AccessKind.Load, BlkLut, 4, 0, TransactionAttributes.DebugAccess).Value);
        Assert.Equal(0UL, _d.Get(BlkIdx));
    }

    [Theory]
    [InlineData(0x1000, 16)]
    [InlineData(0x1000, 0x300)]
    [InlineData(0x1001, 0x100)]
    [InlineData(0, 0x100)]
    public void Sizes_that_do_not_fit_are_refused(ulong size, ulong blockSize) =>
        Assert.Throws<CheckerConfigurationException>(() => new MpcChecker(new MpcOptions("mpc", 7, size) { BlockSize = blockSize }));

    [Fact]
    public void M13_only_bit_0_of_the_set_register_counts()
    {
        _d.Set(IntSet, 0x820A_9AEC);
        Assert.Equal(0UL, _d.Get(IntStat));
        _d.Load(NonSecure(), 0x7000);
        Assert.Equal([1UL, 0x7000UL], [_d.Get(IntStat), _d.Get(IntInfo1)]);
    }
}
