using Soc.Checkers.Mpc;
using Soc.Memory;
using static Soc.Checkers.Tests.Mpc.MpcBench;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>Data path, record and interrupt: cases of arm-filters.md section 2.10.</summary>
public sealed class MpcDataTests : IDisposable
{
    private readonly MpcBench _d = new();

    private ulong[] Record => [_d.Get(IntStat), _d.Get(IntInfo1), _d.Get(IntInfo2)];

    public void Dispose() => _d.Dispose();

    [Fact]
    public void M02_a_refused_read_gives_zero_and_is_recorded()
    {
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(NonSecure(5), 0x1234));
        Assert.Equal([1UL, 0x1234, 0x0001_0005], Record);
        Assert.True(_d.Checker.InterruptLine);
    }

    [Fact]
    public void M03_a_refused_write_is_dropped()
    {
        Assert.Equal(AccessResult.Ok, _d.Store(NonSecure(), 0x1000, 1, 8));
        Assert.Equal((AccessResult.Ok, Data), _d.Load(Secure(), 0x1000, 8));
    }

    [Fact]
    public void M04_a_refusal_can_be_a_bus_error()
    {
        _d.Set(Ctrl, 0x110);
        Assert.Equal(AccessResult.Error, _d.Load(NonSecure(), 0x40).Result);
        Assert.Equal([1UL, 0x40, 0x0001_0000], Record);
        Assert.True(_d.Checker.InterruptLine);
    }

    [Fact]
    public void M05_a_secure_access_to_a_non_secure_block_is_refused_too()
    {
        _d.SetWord(0, 2);
        Assert.Equal((AccessResult.Ok, Data), _d.Load(NonSecure(5), 0x1000, 8));
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(Secure(5), 0x1000));
        Assert.Equal([1UL, 0x1000, 0x0002_0005], Record);
    }

    [Fact]
    public void M06_block_borders()
    {
        _d.SetWord(0, 2);
        Assert.Equal([false, true, true, false], new ulong[] { 0x0FFF, 0x1000, 0x1FFF, 0x2000 }.Select(at => _d.Passes(NonSecure(), at)));
    }

    [Fact]
    public void M07_the_last_bit_of_a_word()
    {
        _d.SetWord(0, 0x8000_0000);
        Assert.True(_d.Passes(NonSecure(), 0x1_F000));
        Assert.False(_d.Passes(NonSecure(), 0x2_0000));
    }

    [Fact]
    public void M08_the_last_block_of_the_region()
    {
        _d.SetWord(31, 0x8000_0000);
        Assert.Equal([true, true, false], new ulong[] { 0x3F_F000, 0x3F_FFFF, 0x3F_EFFF }.Select(at => _d.Passes(NonSecure(), at)));
    }

    [Fact]
    public void M09_the_first_violation_wins()
    {
        _d.Load(NonSecure(1), 0x1000);
        _d.Store(NonSecure(2), 0x5000, 1);
        Assert.Equal([1UL, 0x1000, 0x0001_0001], Record);
        Assert.Equal((2L, 1L), (_d.Checker.Statistics.Refusals, _d.Checker.Statistics.Records));
    }

    [Fact]
    public void M10_clearing_arms_the_record_and_keeps_its_contents()
    {
        _d.Load(NonSecure(1), 0x1000);
        _d.Set(IntClear, 1);
        Assert.Equal([0UL, 0x1000, 0x0001_0001], Record);
        Assert.False(_d.Checker.InterruptLine);
        _d.Load(NonSecure(2), 0x5000);
        Assert.Equal([1UL, 0x5000, 0x0001_0002], Record);
    }

    [Fact]
    public void M11_only_bit_0_clears()
    {
        _d.Load(NonSecure(1), 0x1000);
        _d.Set(IntClear, 0xFFFF_FFFE);
        Assert.Equal(1UL, _d.Get(IntStat));
    }

    [Fact]
    public void M12_enabling_raises_the_line_of_a_pending_violation()
    {
        _d.Set(IntEn, 0);
        _d.Load(NonSecure(), 0x1000);
        Assert.Equal(1UL, _d.Get(IntStat));
        Assert.False(_d.Checker.InterruptLine);
        _d.Set(IntEn, 1);
        Assert.True(_d.Checker.InterruptLine);
    }

    [Fact]
    public void M13_a_set_status_holds_back_the_record_of_the_next_violation()
    {
        _d.Set(IntSet, 1);
        Assert.True(_d.Checker.InterruptLine);
        Assert.Equal([1UL, 0, 0], Record);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(NonSecure(3), 0x7000));
        Assert.Equal([1UL, 0, 0], Record);
        _d.Set(IntClear, 1);
        _d.Load(NonSecure(3), 0x7000);
        Assert.Equal([1UL, 0x7000, 0x0001_0003], Record);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void M32_an_access_over_a_block_border_is_judged_piece_by_piece(bool busErrors)
    {
        _d.SetWord(0, 2);
        _d.Set(Ctrl, busErrors ? 0x110UL : 0x100);
        (AccessResult result, ulong value) = _d.Load(NonSecure(), 0x0FFC, 8);
        Assert.Equal(busErrors ? AccessResult.Error : AccessResult.Ok, result);
        Assert.Equal(0x0FFCUL, _d.Get(IntInfo1));
        if (!busErrors)
        {
            Assert.Equal((Data & uint.MaxValue) << 32, value);
        }
    }

    [Fact]
    public void M33_the_record_names_the_offset_whichever_alias_was_used()
    {
        _d.Space.Read(NoInitiator.Instance, Alias + 0x1000, 4, AccessKind.Load, NonSecure(), out ulong value);
        Assert.Equal(0UL, value);
        Assert.Equal(0x1000UL, _d.Get(IntInfo1));
        InvalidationScope scope = Assert.NotNull(_d.SetWord(0, 2));
        Assert.InRange(Base + 0x1000, scope.First, scope.Last);
        Assert.InRange(Alias + 0x1FFF, scope.First, scope.Last);
        _d.Space.Read(NoInitiator.Instance, Alias + 0x1000, 8, AccessKind.Load, NonSecure(), out value);
        Assert.Equal(Data, value);
    }

    [Fact]
    public void M34_a_refused_fetch_reads_zero_or_is_a_bus_error()
    {
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(NonSecure(), 0, 4, AccessKind.Fetch));
        _d.Set(Ctrl, 0x110);
        Assert.Equal(AccessResult.Error, _d.Load(NonSecure(), 0, 4, AccessKind.Fetch).Result);
    }

    [Fact]
    public void M36_reset_clears_everything_and_invalidates_everything()
    {
        _d.SetWord(0, 2);
        _d.Set(Ctrl, 0x8000_0110);
        _d.Load(NonSecure(), 0);
        Assert.Equal(InvalidationScope.Everything, _d.Checker.Reset());
        Assert.Equal([0x100UL, 0UL, 0UL], [_d.Get(Ctrl), _d.Get(IntStat), (ulong)_d.Word(0)]);
        Assert.False(_d.Checker.InterruptLine);
        Assert.False(_d.Passes(NonSecure(), 0x1000));
        _d.Set(Ctrl, 0);
        Assert.Equal(0UL, _d.Get(Ctrl));
    }

    [Fact]
    public void M37_transactions_without_attributes_count_as_secure()
    {
        Assert.Equal(AccessResult.Ok, _d.Store(TransactionAttributes.Unspecified, 0x3000, 9, 8));
        Assert.Equal(9UL, _d.Memory(0x3000));
        Assert.Equal(0UL, _d.Get(IntStat));
    }

    [Fact]
    public void M41_the_record_keeps_16_bits_of_the_requester()
    {
        _d.Load(NonSecure(0x1_2345), 0);
        Assert.Equal(0x0001_2345UL, _d.Get(IntInfo2));
    }

    [Fact]
    public void M42_a_permitted_store_to_a_rom_follows_the_roms_rule()
    {
        var rom = new RefusingDevice();
        using var bench = new MpcBench(rom: rom);
        Assert.Equal(AccessResult.Error, bench.Store(Secure(), 0x10, 1));
        Assert.Equal(1, rom.Writes);
        Assert.Equal([0UL, 0UL], [bench.Get(IntStat), (ulong)bench.Recorder.Reports.Count]);
    }

    [Fact]
    public void M43_blocks_smaller_than_a_page_have_masks_of_their_own()
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 0x1_0000) { BlockSize = 256 });
        Assert.Equal(3UL, bench.Get(BlkCfg));
        Assert.True(bench.Port.Translate(0, AccessKind.Load, 1).Mask >= 0xFFF);
        bench.SetWord(0, 1);
        Assert.Equal(0xFFUL, bench.Port.Translate(0, AccessKind.Load, 1).Mask);
        Assert.Equal(0xFFUL, bench.Port.Translate(0x100, AccessKind.Load, 1).Mask);
        Assert.Equal([false, true, false, true], new ulong[] { 0x100, 0, 0x100, 0 }.Select(at => bench.Passes(NonSecure(), at)));
        Assert.True(bench.Port.Translate(0x1000, AccessKind.Load, 1).Mask >= 0xFFF);
    }

    [Fact]
    public void X13_a_debugger_passes_by_without_a_record()
    {
        _d.SetWord(0, 2);
        Assert.True(_d.Passes(TransactionAttributes.DebugAccess, 0));
        Assert.True(_d.Passes(TransactionAttributes.DebugAccess, 0x1000));
    }

    [Fact]
    public void Gating_stops_the_port_without_a_record_and_acknowledges()
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, 0x8000) { Gating = true });
        Assert.Equal(new InvalidationScope(Base, Alias + 0x7FFF, 3, AccessKinds.All), bench.Set(Ctrl, 0x140));
        Assert.Equal(0x1C0UL, bench.Get(Ctrl));
        Assert.Equal((AccessResult.Ok, 0UL), bench.Load(Secure(), 0));
        Assert.Equal(AccessResult.Ok, bench.Store(Secure(), 0, 1, 8));
        Assert.Equal(Data, bench.Memory(0));
        Assert.Equal(0UL, bench.Get(IntStat));
        Assert.All(bench.Recorder.Reports, report => Assert.False(bench.Checker.CanRecord(report)));
        Assert.NotNull(bench.Set(Ctrl, 0x100));
        Assert.Equal((AccessResult.Ok, Data), bench.Load(Secure(), 0, 8));
    }

    [Fact]
    public void Without_gating_its_bits_read_zero()
    {
        Assert.Null(_d.Set(Ctrl, 0x1C0));
        Assert.Equal(0x100UL, _d.Get(Ctrl));
    }

    [Fact]
    public void A_full_record_spares_reports()
    {
        var refused = new Violation(7, Base, 4, NonSecure(), AccessKind.Load, false, true, 1 << 16, 0, 0);
        Assert.True(_d.Checker.CanRecord(refused));
        _d.Load(NonSecure(), 0);
        Assert.False(_d.Checker.CanRecord(refused));
        _d.Set(IntClear, 1);
        Assert.True(_d.Checker.CanRecord(refused));
    }

    private sealed class RefusingDevice : IBusDevice
    {
        public int Writes { get; private set; }

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = 0;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value)
        {
            Writes++;
            return AccessResult.Error;
        }
    }
}
