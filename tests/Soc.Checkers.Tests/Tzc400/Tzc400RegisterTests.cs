using Soc.Checkers.Tzc400;
using Soc.Memory;
using static Soc.Checkers.Tests.Tzc400.Tzc400Bench;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>The register file: cases of arm-filters.md section 3.10.</summary>
public sealed class Tzc400RegisterTests : IDisposable
{
    private readonly Tzc400Bench _d = new(open: false);

    public void Dispose() => _d.Dispose();

    [Fact]
    public void T01_reset_values()
    {
        Assert.Equal(0x0300_2708UL, _d.Get(BuildConfig));
        Assert.All(new[] { Reaction, GateKeeper, Speculation, IntStatus }, offset => Assert.Equal(0UL, _d.Get(offset)));
        Assert.All(Enumerable.Range(0, 16), word => Assert.Equal(0UL, _d.Get(0x20 + (4 * (ulong)word))));
        Assert.Equal([0UL, 0UL, 0xFFFF_FFFFUL, 0xFFUL, 0xFUL, 0UL], Enumerable.Range(0, 6).Select(word => _d.Get(Region(0, 4 * (ulong)word))));
        Assert.All(Enumerable.Range(1, 8), region => Assert.Equal(
            [0UL, 0UL, 0xFFFUL, 0UL, 0UL, 0UL], Enumerable.Range(0, 6).Select(word => _d.Get(Region(region, 4 * (ulong)word)))));
    }

    [Fact]
    public void T01_identification()
    {
        ulong[] offsets = [0xFD0, 0xFD4, 0xFE0, 0xFE4, 0xFE8, 0xFEC, 0xFF0, 0xFF4, 0xFF8, 0xFFC];
        Assert.Equal([0x04UL, 0UL, 0x60UL, 0xB4UL, 0x2BUL, 0UL, 0x0DUL, 0xF0UL, 0x05UL, 0xB1UL], offsets.Select(_d.Get));
    }

    [Theory]
    [InlineData(1, 32, 0x1F08, 0x0, 0x1)]
    [InlineData(2, 64, 0x0100_3F08, 0xFFFF_FFFF, 0x3)]
    public void T01_reset_values_of_other_builds(int filters, int addressBits, ulong build, ulong topHigh, ulong filterEnable)
    {
        using var bench = new Tzc400Bench(open: true, new Tzc400Options("tzc", 7) { Filters = filters, AddressBits = addressBits });
        Assert.Equal([build, topHigh, filterEnable], [bench.Get(BuildConfig), bench.Get(Region(0, 0xC)), bench.Get(Region(0, 0x10))]);
        Assert.Equal(filterEnable * 0x1_0001, bench.Get(GateKeeper));
        bench.Set(Region(1, 0x4), uint.MaxValue);
        Assert.Equal(topHigh, bench.Get(Region(1, 0x4)));
        Assert.Equal(0UL, bench.Get(Fail(filters, 0)));
    }

    [Fact]
    public void T03_the_status_of_a_gate_follows_its_request()
    {
        _d.Set(GateKeeper, 1);
        Assert.Equal(0x0001_0001UL, _d.Get(GateKeeper));
        _d.Set(GateKeeper, 0xFFFF_FFFE);
        Assert.Equal(0x000E_000EUL, _d.Get(GateKeeper));
    }

    [Fact]
    public void T16_the_low_bits_of_a_base_are_not_writable()
    {
        _d.Set(Region(1, 0), 0x8000_0ABC);
        Assert.Equal(0x8000_0000UL, _d.Get(Region(1, 0)));
        _d.Set(Region(1, 8), 0x8000_0ABC);
        Assert.Equal(0x8000_0FFFUL, _d.Get(Region(1, 8)));
        _d.Set(Region(1, 4), uint.MaxValue);
        Assert.Equal(0xFFUL, _d.Get(Region(1, 4)));
    }

    [Fact]
    public void T49_of_region_0_only_the_rights_are_writable()
    {
        _d.Set(Region(0, 0x0), 0x1000);
        _d.Set(Region(0, 0x4), 1);
        _d.Set(Region(0, 0x8), 0);
        _d.Set(Region(0, 0xC), 0);
        _d.Set(Region(0, 0x10), SecureBoth);
        _d.Set(Region(0, 0x14), 0x1234_5678);
        Assert.Equal([0UL, 0UL, 0xFFFF_FFFFUL, 0xFFUL, 0xC000_000FUL, 0x1234_5678UL], Enumerable.Range(0, 6).Select(word => _d.Get(Region(0, 4 * (ulong)word))));
    }

    [Fact]
    public void T50_read_only_and_write_only_registers()
    {
        foreach (ulong offset in new[] { BuildConfig, IntStatus, Fail(0, 0), Fail(1, 4), Fail(2, 8), Fail(3, 12) })
        {
            ulong before = _d.Get(offset);
            Assert.Null(_d.Set(offset, uint.MaxValue));
            Assert.Equal(before, _d.Get(offset));
        }

        _d.Set(IntClear, 0xF);
        Assert.Equal(0UL, _d.Get(IntClear));
    }

    [Fact]
    public void T51_reserved_offsets_read_zero()
    {
        foreach (ulong offset in new ulong[] { 0x018, 0x118, 0x220, 0xFCC })
        {
            Assert.Null(_d.Set(offset, uint.MaxValue));
            Assert.Equal(0UL, _d.Get(offset));
        }
    }

    [Fact]
    public void T48_speculation_bits_are_kept_and_invalidate_nothing()
    {
        Assert.Null(_d.Set(Speculation, uint.MaxValue));
        Assert.Equal(3UL, _d.Get(Speculation));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    public void Accesses_that_are_not_aligned_words_are_refused(ulong offset, int size)
    {
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Load, offset, size));
        Assert.Equal(RegisterOutcome.Refused, _d.Access(AccessKind.Store, offset, size, 1));
    }

    [Theory]
    [InlineData(0, 40, 24)]
    [InlineData(5, 40, 24)]
    [InlineData(4, 31, 24)]
    [InlineData(4, 65, 24)]
    [InlineData(4, 40, 25)]
    public void Numbers_out_of_range_are_refused(int filters, int addressBits, int busIdBits) =>
        Assert.Throws<CheckerConfigurationException>(() =>
            new Tzc400Checker(new Tzc400Options("tzc", 7) { Filters = filters, AddressBits = addressBits, BusIdBits = busIdBits }));
}
