using Soc.Checkers.Gpc;
using Soc.Memory;
using static Soc.Checkers.Tests.Gpc.GpcBench;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>Registers and tables: cases G01 to G37 of arm-filters.md section 4.12.</summary>
public sealed class GpcWalkTests : IDisposable
{
    private const ulong EntryOf = LevelZero + 0x10;
    private const ulong WordOf = LevelOne + (8 * 0x123);
    private const int SizeFault = 0x00;
    private const int Walk0 = 0x04;
    private const int Walk1 = 0x05;
    private const int Gpf0 = 0x0C;
    private const int Gpf1 = 0x0D;
    private const int Abort0 = 0x14;
    private const int Abort1 = 0x15;

    private readonly GpcBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void G01_nothing_is_looked_at_while_the_check_is_off()
    {
        _d.Enable(0x0000_D067, 0x000F_FFFF_FFFF_F000);
        Assert.Equal([Pass, Pass, Pass, Pass], _d.CheckAll());
        Assert.Equal([Pass, Pass, Pass, Pass], _d.CheckAll(0xFFFF_FFFF_FFFF_FFF0));
        Assert.Empty(_d.Tables.Fetches);
    }

    [Theory]
    [InlineData(0xF1, Pass, Pass, Pass, Pass)]
    [InlineData(0x91, Gpf0, Pass, Gpf0, Gpf0)]
    [InlineData(0xA1, Gpf0, Gpf0, Pass, Gpf0)]
    [InlineData(0x81, Pass, Gpf0, Gpf0, Gpf0)]
    [InlineData(0xB1, Gpf0, Gpf0, Gpf0, Pass)]
    [InlineData(0x01, Gpf0, Gpf0, Gpf0, Gpf0)]
    public void G02_G03_G04_G05_a_block_gives_one_answer_for_its_gigabyte(ulong entry, int secure, int nonSecure, int root, int realm)
    {
        _d.Tables[EntryOf] = entry;
        Assert.Equal([secure, nonSecure, root, realm], _d.CheckAll());
    }

    [Fact]
    public void G06_G07_a_level_0_entry_is_a_block_or_a_table()
    {
        foreach (ulong type in Enumerable.Range(0, 16).Select(type => (ulong)type).Where(type => type is not (1 or 3)))
        {
            _d.Tables[EntryOf] = 0x90 | type;
            Assert.Equal(Walk0, _d.Check(SecuritySpace.NonSecure));
            _d.Tables[EntryOf] = type;
            Assert.Equal(Walk0, _d.Check(SecuritySpace.NonSecure));
        }
    }

    [Fact]
    public void G08_a_block_has_no_bits_beside_its_information()
    {
        for (int bit = 8; bit < 64; bit++)
        {
            _d.Tables[EntryOf] = 0x91 | (1UL << bit);
            Assert.Equal(Walk0, _d.Check(SecuritySpace.NonSecure));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(0xC)]
    [InlineData(0xD)]
    [InlineData(0xE)]
    public void G09_reserved_information_is_a_walk_fault(ulong information)
    {
        _d.Tables[EntryOf] = (information << 4) | 1;
        Assert.Equal([Walk0, Walk0, Walk0, Walk0], _d.CheckAll());
    }

    [Fact]
    public void G10_a_table_is_walked_to_the_nibble_of_the_granule()
    {
        Granules(0x0000_0000_000B_0000);
        Assert.Equal(Pass, _d.Check(SecuritySpace.Realm));
        Assert.Equal(Gpf1, _d.Check(SecuritySpace.NonSecure));
        Assert.Contains(0x0406_0918UL, _d.Tables.Fetches);
        Assert.Equal((SecuritySpace.Root, true), (_d.Tables.LastAttributes.Space, _d.Tables.LastAttributes.IsSecure));
    }

    [Fact]
    public void G11_the_answer_changes_at_the_border_of_the_granule()
    {
        Granules(0x0000_0000_000B_9000);
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure, 0x8123_3FFF));
        Assert.Equal(Gpf1, _d.Check(SecuritySpace.NonSecure, 0x8123_4000));
    }

    [Fact]
    public void G12_the_last_nibble_and_the_next_word()
    {
        Granules(0x9000_0000_0000_0000);
        _d.Tables[WordOf + 8] = 0xB;
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure, 0x8123_FFFF));
        Assert.Equal(Pass, _d.Check(SecuritySpace.Realm, 0x8124_0000));
        Assert.Equal(Gpf1, _d.Check(SecuritySpace.NonSecure, 0x8124_0000));
    }

    [Fact]
    public void G13_zero_at_level_1_is_no_access_sixteen_times()
    {
        Granules(0);
        Assert.Equal([Gpf1, Gpf1, Gpf1, Gpf1], _d.CheckAll());
    }

    [Fact]
    public void G14_a_contiguous_descriptor_has_its_own_place_for_the_information()
    {
        Granules(0x191);
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure));
        Assert.Equal(Gpf1, _d.Check(SecuritySpace.Realm));
        GpcVerdict verdict = _d.Ports[0].Check(Address, In(SecuritySpace.NonSecure));
        Assert.Equal((0x8120_0000UL, 0x813F_FFFFUL), (verdict.First, verdict.Last));
    }

    [Theory]
    [InlineData(0x2B1, 0x8000_0000, 0x81FF_FFFF)]
    [InlineData(0x3B1, 0x8000_0000, 0x9FFF_FFFF)]
    public void G15_contiguous_blocks_of_32_and_512_mebibytes(ulong word, ulong first, ulong last)
    {
        Granules(word);
        Assert.Equal(Pass, _d.Check(SecuritySpace.Realm));
        GpcVerdict verdict = _d.Ports[0].Check(Address, In(SecuritySpace.Realm));
        Assert.Equal((first, last), (verdict.First, verdict.Last));
    }

    [Theory]
    [InlineData(0x091)]
    [InlineData(0x591)]
    [InlineData(0x8000_0000_0000_0191)]
    public void G16_a_contiguous_descriptor_has_a_size_and_nothing_else(ulong word)
    {
        Granules(word);
        Assert.Equal(Walk1, _d.Check(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G17_a_reserved_nibble_spoils_its_own_granule_only()
    {
        Granules(0x0000_0000_0002_9009);
        Assert.Equal(Walk1, _d.Check(SecuritySpace.NonSecure));
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure, 0x8123_3000));
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure, 0x8123_0000));
    }

    [Fact]
    public void G18_a_contiguous_block_written_to_one_word_only_is_judged_word_by_word()
    {
        Granules(0x191);
        _d.Tables[WordOf + 8] = 0xBBBB_BBBB_BBBB_BBBB;
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure));
        Assert.Equal([Gpf1, Pass], [_d.Check(SecuritySpace.NonSecure, 0x8124_0000), _d.Check(SecuritySpace.Realm, 0x8124_0000)]);
    }

    [Theory]
    [InlineData(0x0001_7500, 0x12, 3)]
    [InlineData(0x0001_B500, 0x48, 13)]
    public void G19_G20_granules_of_64_and_16_kibibytes(ulong control, ulong word, int nibble)
    {
        _d.Enable(control);
        _d.Tables[EntryOf] = LevelOne | 3;
        _d.Tables[LevelOne + (8 * word)] = 0xBUL << (4 * nibble);
        Assert.Equal(Pass, _d.Check(SecuritySpace.Realm));
        Assert.Equal(Gpf1, _d.Check(SecuritySpace.NonSecure));
    }

    [Theory]
    [InlineData(0x0001_F500, Walk0)]
    [InlineData(0x0001_1500, Walk0)]
    [InlineData(0x0001_3000, Walk0)]
    [InlineData(0x0001_0000, Walk0)]
    [InlineData(0x0001_2000, Pass)]
    [InlineData(0x0001_3100, Pass)]
    [InlineData(0x0001_3400, Pass)]
    [InlineData(0x0001_3506, Walk0)]
    [InlineData(0x0001_3507, Walk0)]
    [InlineData(0x0001_3505, Pass)]
    public void G21_G22_G23_G24_reserved_register_fields_are_walk_faults(ulong control, int expected)
    {
        _d.Tables.Filling = 0xF1;
        _d.Enable(control);
        Assert.Equal(expected, _d.Check(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G25_above_the_protected_size_only_non_secure_passes()
    {
        Assert.Equal([Gpf0, Pass, Gpf0, Gpf0], _d.CheckAll(0x1_0000_0000));
        Assert.Empty(_d.Tables.Fetches);
    }

    [Fact]
    public void G26_above_the_protected_size_all_pass_with_appsaa()
    {
        _d.Enable(Control | (1 << 24));
        Assert.Equal([Pass, Pass, Pass, Pass], _d.CheckAll(0x1_0000_0000));
    }

    [Theory]
    [InlineData(7, Gpf0, Pass, Pass, Pass)]
    [InlineData(6, Pass, Gpf0, Pass, Pass)]
    [InlineData(5, Pass, Pass, Pass, Gpf0)]
    public void G27_a_space_can_be_disabled_as_a_whole(int bit, int secure, int nonSecure, int root, int realm)
    {
        _d.Tables.Filling = 0xF1;
        _d.Enable(Control | (1UL << bit));
        Assert.Equal([secure, nonSecure, root, realm], _d.CheckAll());
    }

    [Fact]
    public void G28_a_disabled_space_stays_disabled_above_the_protected_size()
    {
        _d.Enable(Control | (1 << 24) | (1 << 7));
        Assert.Equal([Gpf0, Pass, Pass, Pass], _d.CheckAll(0x1_0000_0000));
    }

    [Fact]
    public void G29_a_table_beyond_the_protected_size_is_an_address_size_fault()
    {
        _d.Enable(Control, 0x1_0000_0000);
        Assert.Equal(SizeFault, _d.Check(SecuritySpace.NonSecure));
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure, 0x1_0000_0000));
    }

    [Fact]
    public void G30_the_table_base_is_aligned_to_the_table()
    {
        _d.Enable(Control | 2, LevelZero + 0x1000);
        _d.Tables[EntryOf] = 0x91;
        Assert.Equal(Pass, _d.Check(SecuritySpace.NonSecure));
        Assert.Equal(LevelZero, _d.Get(TableBase, 8));
    }

    [Theory]
    [InlineData(LevelOne + 0x1000 + 3)]
    [InlineData(0x1_0000_0000 + 3)]
    [InlineData(LevelOne + 0x13)]
    [InlineData((1UL << 52) + LevelOne + 3)]
    public void G31_a_table_descriptor_must_be_aligned_in_range_and_clean(ulong entry)
    {
        _d.Tables[EntryOf] = entry;
        Assert.Equal(Walk0, _d.Check(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G32_a_bus_error_on_a_descriptor_is_an_external_abort_of_its_level()
    {
        Granules(0x9999_9999_9999_9999);
        _d.Tables.Failing.Add(WordOf);
        Assert.Equal(Abort1, _d.Check(SecuritySpace.NonSecure));
        _d.Tables.Failing.Add(EntryOf);
        Assert.Equal(Abort0, _d.Check(SecuritySpace.NonSecure));
    }

    [Fact]
    public void G33_secure_information_is_reserved_without_secure_el2()
    {
        using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { HasSecureEl2 = false });
        d.Tables[EntryOf] = 0x81;
        Assert.Equal(Walk0, d.Check(SecuritySpace.Secure));
    }

    [Fact]
    public void G34_non_secure_only_looks_at_the_state()
    {
        SecuritySpace[] states = [SecuritySpace.NonSecure, SecuritySpace.Root, SecuritySpace.Secure, SecuritySpace.Realm];
        Granules(0x0000_0000_000D_0000);
        Assert.All(states, state => Assert.Equal(Walk1, _d.Check(SecuritySpace.NonSecure, state: state)));
        _d.Enable(Control | (1 << 19));
        Assert.Equal([Pass, Pass, Gpf1, Gpf1], states.Select(state => _d.Check(SecuritySpace.NonSecure, state: state)));
        Assert.Equal([Gpf1, Pass, Gpf1, Gpf1], _d.CheckAll());
    }

    [Theory]
    [InlineData(0x4, 25)]
    [InlineData(0x5, 26)]
    public void G35_granules_of_other_requesters_never_let_a_processor_in(ulong information, int bit)
    {
        Granules(information << 16);
        Assert.Equal(Walk1, _d.Check(SecuritySpace.NonSecure));
        _d.Enable(Control | (1UL << bit));
        Assert.Equal([Gpf1, Gpf1, Gpf1, Gpf1], _d.CheckAll());
    }

    [Fact]
    public void G36_entries_larger_than_the_protected_size_leave_one_entry()
    {
        using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { LevelZeroBits = 36 });
        d.Tables[LevelZero] = 0x91;
        Assert.Equal(0x60_0000UL, d.Get(TableControl) & 0xF0_0000);
        Assert.All([0UL, Address, 0xFFFF_FFFF], address => Assert.Equal(Pass, d.Check(SecuritySpace.NonSecure, address)));
        Assert.All(d.Tables.Fetches, fetch => Assert.Equal(LevelZero, fetch));
    }

    [Fact]
    public void G37_the_tables_are_fetched_unchecked_but_not_open_to_software()
    {
        using var d = new GpcBench(realTables: true);
        d.Poke(LevelZero, 0x01);
        d.Poke(EntryOf, 0x91);
        Assert.Equal(Pass, d.Check(SecuritySpace.NonSecure));
        Assert.Equal(Gpf0, d.Check(SecuritySpace.Root, LevelZero));
    }

    private void Granules(ulong word)
    {
        _d.Tables[EntryOf] = LevelOne | 3;
        _d.Tables[WordOf] = word;
    }
}
