using Soc.Checkers.Tzc400;
using Soc.Memory;
using static Soc.Checkers.Tests.Tzc400.Tzc400Bench;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>Verdicts, refusals and records: cases of arm-filters.md section 3.10.</summary>
public sealed class Tzc400DataTests : IDisposable
{
    private const ulong P = Dram;

    private readonly Tzc400Bench _d = new();

    public void Dispose() => _d.Dispose();

    [Theory]
    [InlineData(Tzc400ClosedGate.RazWi, AccessResult.Ok)]
    [InlineData(Tzc400ClosedGate.DecErr, AccessResult.Error)]
    public void T02_nothing_gets_through_a_closed_gate_and_nothing_is_recorded(Tzc400ClosedGate policy, AccessResult result)
    {
        using var bench = new Tzc400Bench(open: false, new Tzc400Options("tzc", 7) { ClosedGate = policy });
        bench.Background(SecureBoth, uint.MaxValue);
        bench.Set(Reaction, 3);
        Assert.Equal((result, 0UL), bench.Load(Secure(), P));
        Assert.Equal((result, 0UL), bench.Load(NonSecure(3), P));
        Assert.Equal(result, bench.Store(Secure(), P, 1));
        Assert.Equal([Data, 0UL], [bench.Memory(P), bench.Get(IntStatus)]);
        Assert.False(bench.Checker.InterruptLine);
        Assert.All(bench.Recorder.Reports, report => Assert.False(bench.Checker.CanRecord(report)));
    }

    [Fact]
    public void T04_each_filter_has_its_own_gate()
    {
        _d.Set(GateKeeper, 2);
        _d.Background(SecureRead);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(Secure(), P));
        Assert.Equal((AccessResult.Ok, 0x88UL), _d.Load(Secure(), P, filter: 1));
    }

    [Fact]
    public void T05_region_0_grants_nothing_after_reset()
    {
        Assert.False(_d.Reads(Secure(), P));
        Assert.False(_d.Reads(NonSecure(9), P));
    }

    [Theory]
    [InlineData(SecureRead, true, false)]
    [InlineData(SecureWrite, false, true)]
    public void T06_T07_secure_rights_are_separate(ulong rights, bool reads, bool writes)
    {
        _d.Background(rights);
        Assert.Equal([reads, writes], [_d.Reads(Secure(), P), _d.Writes(Secure(), P)]);
    }

    [Fact]
    public void T08_secure_does_not_inherit_non_secure_rights()
    {
        _d.R1(0, 0x0008_0008);
        Assert.Equal([true, true], [_d.Reads(NonSecure(3), P), _d.Writes(NonSecure(3), P)]);
        Assert.Equal([false, false], [_d.Reads(NonSecure(4), P), _d.Reads(Secure(), P)]);
    }

    [Theory]
    [InlineData(0x0000_0008, true, false)]
    [InlineData(0x0008_0000, false, true)]
    public void T09_T10_non_secure_rights_are_separate(ulong idAccess, bool reads, bool writes)
    {
        _d.R1(0, idAccess);
        Assert.Equal([reads, writes], [_d.Reads(NonSecure(3), P), _d.Writes(NonSecure(3), P)]);
    }

    [Fact]
    public void T11_the_highest_identity()
    {
        _d.R1(0, 0x8000_8000);
        Assert.Equal([true, true, false], [_d.Reads(NonSecure(15), P), _d.Writes(NonSecure(15), P), _d.Reads(NonSecure(14), P)]);
    }

    [Fact]
    public void T12_secure_accesses_ignore_the_identity()
    {
        _d.R1(SecureRead);
        Assert.True(_d.Reads(Secure(5), P));
    }

    [Fact]
    public void T13_a_matching_region_replaces_region_0()
    {
        _d.Background(SecureBoth, uint.MaxValue);
        _d.R1(0);
        Assert.Equal([false, true], [_d.Reads(Secure(), P), _d.Reads(Secure(), 0x9000_0000)]);
    }

    [Fact]
    public void T14_the_top_is_inclusive()
    {
        _d.R1(SecureBoth);
        Assert.Equal([false, true, true, false], new ulong[] { 0x7FFF_FFFF, 0x8000_0000, 0x8FFF_FFFF, 0x9000_0000 }.Select(at => _d.Reads(Secure(), at)));
    }

    [Fact]
    public void T15_the_smallest_region_is_a_page()
    {
        _d.Program(1, P, P, 1 | SecureBoth);
        Assert.Equal([true, false], [_d.Reads(Secure(), 0x8000_0FFF), _d.Reads(Secure(), 0x8000_1000)]);
    }

    [Fact]
    public void T17_a_base_above_the_top_matches_nothing()
    {
        _d.Program(1, 0x9000_0000, P, 1 | SecureBoth);
        Assert.False(_d.Reads(Secure(), 0x8800_0000));
        _d.Background(SecureRead);
        Assert.True(_d.Reads(Secure(), 0x8800_0000));
    }

    [Fact]
    public void T18_the_high_words_take_part()
    {
        _d.Program(2, 0x8_8000_0000, 0x8_FFFF_FFFF, 1 | SecureBoth);
        Assert.Equal([true, false], [_d.Reads(Secure(), 0x8_8000_0000), _d.Reads(Secure(), P)]);
    }

    [Fact]
    public void T19_addresses_beyond_the_width_are_refused()
    {
        _d.Background(SecureBoth, uint.MaxValue);
        Assert.Equal([true, false], [_d.Reads(Secure(), 0xFF_FFFF_FFFF), _d.Reads(Secure(), 0x100_0000_0000)]);
    }

    [Fact]
    public void T20_a_region_applies_to_its_filters_only()
    {
        _d.Program(1, P, 0x8FFF_FFFF, 2 | SecureBoth);
        Assert.Equal([false, true], [_d.Reads(Secure(), P), _d.Reads(Secure(), P, filter: 1)]);
    }

    [Fact]
    public void T21_regions_of_different_filters_may_overlap()
    {
        _d.R1(SecureBoth);
        _d.Program(2, P, 0x8FFF_FFFF, 2 | SecureRead);
        Assert.Equal([true, false], [_d.Writes(Secure(), P), _d.Writes(Secure(), P, filter: 1)]);
        Assert.Equal(0x2UL, _d.Get(IntStatus));
    }

    [Fact]
    public void T22_overlapping_regions_of_one_filter_refuse_and_are_flagged()
    {
        _d.R1(SecureBoth);
        _d.Program(2, 0x8800_0000, 0x9FFF_FFFF, 1 | SecureBoth);
        Assert.True(_d.Reads(Secure(), P));
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(Secure(), 0x8800_0000));
        Assert.Equal(0x0001_0001UL, _d.Get(IntStatus));
    }

    [Fact]
    public void T23_region_0_never_overlaps()
    {
        _d.Background(SecureBoth);
        _d.R1(SecureBoth);
        Assert.True(_d.Reads(Secure(), P));
        Assert.Equal(0UL, _d.Get(IntStatus));
    }

    [Theory]
    [InlineData(0, AccessResult.Ok, false)]
    [InlineData(1, AccessResult.Error, false)]
    [InlineData(2, AccessResult.Ok, true)]
    [InlineData(3, AccessResult.Error, true)]
    public void T24_T25_T26_T27_the_action_selects_response_and_interrupt(ulong action, AccessResult result, bool line)
    {
        Assert.Null(_d.Set(Reaction, action));
        Assert.Equal((result, 0UL), _d.Load(Secure(), P));
        Assert.Equal([1UL, P], [_d.Get(IntStatus), _d.Get(Fail(0, 0))]);
        Assert.Equal(line, _d.Checker.InterruptLine);
        Assert.Equal(result, _d.Store(Secure(), P, 1));
        Assert.Equal(Data, _d.Memory(P));
    }

    [Fact]
    public void T28_the_record_of_a_failure()
    {
        _d.Store(NonSecure(Tzc400Checker.WorldOf(3, 3)).WithRequester(0x2A), 0x8_8000_1234, 1);
        Assert.Equal(
            [0x8000_1234UL, 0x8UL, 0x0130_0000UL, 0x0300_002AUL],
            [_d.Get(Fail(0, 0)), _d.Get(Fail(0, 4)), _d.Get(Fail(0, 8)), _d.Get(Fail(0, 12))]);
    }

    [Fact]
    public void T29_a_record_may_be_all_zero()
    {
        _d.Load(Secure().WithUser(true), P);
        Assert.Equal([0UL, 1UL], [_d.Get(Fail(0, 8)), _d.Get(IntStatus)]);
    }

    [Fact]
    public void T30_a_second_failure_is_an_overrun()
    {
        _d.Load(Secure(), P);
        _d.Load(Secure(), P + 0x1000);
        Assert.Equal([0x101UL, P], [_d.Get(IntStatus), _d.Get(Fail(0, 0))]);
        Assert.Equal((2L, 1L), (_d.Checker.Statistics.Refusals, _d.Checker.Statistics.Records));
    }

    [Fact]
    public void T31_T32_clearing_a_filter_keeps_its_record_and_captures_afresh()
    {
        _d.Load(Secure(), P);
        _d.Load(Secure(), P);
        _d.Load(Secure(), P, filter: 1);
        Assert.Equal(0x103UL, _d.Get(IntStatus));
        _d.Set(IntClear, 1);
        Assert.Equal([0x2UL, P], [_d.Get(IntStatus), _d.Get(Fail(0, 0))]);
        _d.Load(Secure(), P + 0x2000);
        Assert.Equal([0x3UL, P + 0x2000], [_d.Get(IntStatus), _d.Get(Fail(0, 0))]);
    }

    [Fact]
    public void T31_clearing_takes_the_overlap_flag_too()
    {
        _d.R1(SecureBoth);
        _d.Program(2, P, 0x8FFF_FFFF, 1 | SecureBoth);
        _d.Load(Secure(), P);
        _d.Load(Secure(), P);
        Assert.Equal(0x0001_0101UL, _d.Get(IntStatus));
        _d.Set(IntClear, 1);
        Assert.Equal(0UL, _d.Get(IntStatus));
    }

    [Fact]
    public void T33_clearing_nothing_does_nothing()
    {
        _d.Load(Secure(), P);
        _d.Set(IntClear, 0);
        Assert.Equal(1UL, _d.Get(IntStatus));
    }

    [Fact]
    public void T34_the_interrupt_is_a_level()
    {
        _d.Load(Secure(), P);
        Assert.False(_d.Checker.InterruptLine);
        _d.Set(Reaction, 2);
        Assert.True(_d.Checker.InterruptLine);
        _d.Set(IntClear, 1);
        Assert.False(_d.Checker.InterruptLine);
    }

    [Fact]
    public void T35_privilege_is_not_checked()
    {
        _d.R1(0, 0x0001_0001);
        Assert.Equal([true, true], [_d.Reads(NonSecure(0), P), _d.Reads(NonSecure(0).WithUser(true), P)]);
    }

    [Fact]
    public void T36_a_fetch_is_a_read()
    {
        _d.R1(0, 1);
        Assert.True(_d.Reads(NonSecure(0), P, kind: AccessKind.Fetch));
        Assert.Equal(AccessKinds.Reads, _d.Ports[0].Translate(P, AccessKind.Fetch, 1).Permissions);
        Assert.False(_d.Writes(NonSecure(0), P));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void T47_T48_refused_accesses_are_not_seen_downstream(ulong speculation)
    {
        _d.Set(Speculation, speculation);
        _d.Load(NonSecure(1), 0x1000_0000);
        _d.Store(NonSecure(1), 0x1000_0000, 1);
        Assert.Equal(0, _d.Device.Accesses);
    }

    [Fact]
    public void T52_every_store_to_a_region_counts_at_once()
    {
        _d.Set(Region(1, 0x10), 1 | SecureBoth);
        Assert.Equal([true, false], [_d.Reads(Secure(), 0xFFF), _d.Reads(Secure(), 0x1000)]);
        _d.Set(Region(1, 0x8), 0x8FFF_FFFF);
        Assert.True(_d.Reads(Secure(), P));
        _d.Set(Region(1, 0x0), 0x8000_0000);
        Assert.Equal([false, true], [_d.Reads(Secure(), 0xFFF), _d.Reads(Secure(), P)]);
        _d.Set(Region(1, 0x4), 1);
        Assert.False(_d.Reads(Secure(), P));
    }

    [Fact]
    public void T53_T54_table_walks_are_checked_as_reads_and_writes()
    {
        _d.Set(Reaction, 1);
        Assert.Equal(AccessResult.Error, _d.Load(NonSecure(2), P + 8).Result);
        Assert.Equal([P + 8, 0x0030_0000UL], [_d.Get(Fail(0, 0)), _d.Get(Fail(0, 8))]);
        _d.R1(0, 1 << 2);
        Assert.Equal((AccessResult.Ok, 0x88UL), _d.Load(NonSecure(2), P + 8));
        Assert.Equal(AccessResult.Error, _d.Store(NonSecure(2), P + 8, 1));
        Assert.Equal(Data, _d.Memory(P + 8));
    }

    [Theory]
    [InlineData(0, AccessResult.Ok)]
    [InlineData(1, AccessResult.Error)]
    public void T55_a_copy_into_a_closed_region_is_refused_from_its_first_byte(ulong action, AccessResult result)
    {
        _d.Set(Reaction, action);
        _d.Program(1, P, P + 0x1FFF, 1, 1 << 2);
        _d.Program(2, P + 0x2000, P + 0xFFFF, 1);
        var buffer = new byte[0x3000];
        Assert.Equal(result, _d.Spaces[0].Read(NoInitiator.Instance, P, buffer, AccessKind.Load, NonSecure(2)));
        Assert.Equal(Data, BitConverter.ToUInt64(buffer, 0x1FF8));
        Assert.Equal(0UL, BitConverter.ToUInt64(buffer, 0x2000));
        Assert.Equal(P + 0x2000, _d.Get(Fail(0, 0)));
    }

    [Fact]
    public void T56_the_table_of_the_fvp_platform()
    {
        const ulong ids = 0x8303_8303;
        _d.Set(Reaction, 1);
        _d.Program(1, 0xFF00_0000, 0xFFFF_FFFF, 1 | SecureBoth);
        _d.Program(2, 0x8000_0000, 0xFEFF_FFFF, 1, ids);
        _d.Program(3, 0x8_8000_0000, 0xF_FFFF_FFFF, 1, ids);
        Assert.Equal([true, false, false], [_d.Reads(NonSecure(9), P), _d.Reads(NonSecure(5), P), _d.Reads(Secure(), P)]);
        Assert.Equal([false, true], [_d.Reads(NonSecure(9), 0xFF00_0000), _d.Reads(Secure(), 0xFF00_0000)]);
        Assert.Equal([true, false], [_d.Writes(NonSecure(15), 0xF_FFFF_FFFF), _d.Writes(NonSecure(15), 0x10_0000_0000)]);
    }

    [Fact]
    public void X13_a_debugger_passes_by_without_a_record()
    {
        _d.Set(GateKeeper, 0);
        Assert.Equal((AccessResult.Ok, 0x88UL), _d.Load(TransactionAttributes.DebugAccess, P));
        Assert.Equal(0UL, _d.Get(IntStatus));
    }

    [Fact]
    public void A_full_record_spares_reports_until_they_say_something_new()
    {
        _d.Load(Secure(), P);
        Violation refused = _d.Recorder.Reports[0];
        Assert.True(_d.Checker.CanRecord(refused));
        _d.Load(Secure(), P);
        Assert.False(_d.Checker.CanRecord(refused));
        _d.R1(0);
        _d.Program(2, P, P, 1);
        _d.Load(Secure(), P);
        Assert.False(_d.Checker.CanRecord(_d.Recorder.Reports[^1]));
        Assert.Equal(0x0001_0101UL, _d.Get(IntStatus));
        _d.Set(IntClear, 1);
        Assert.True(_d.Checker.CanRecord(refused));
    }

    [Fact]
    public void T33_only_the_filters_bits_of_the_clear_register_count()
    {
        _d.Load(Secure(), P);
        _d.Load(Secure(), P);
        Assert.Equal(0x101UL, _d.Get(IntStatus));
        _d.Set(IntClear, 0xFFFF_FFF0);
        Assert.Equal(0x101UL, _d.Get(IntStatus));
    }
}
