using Soc.Checkers.Iopmp;
using Soc.Memory;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>Cases J1 to J7 (iopmp.md section 18.3), the profile (section 15) and the registers that the table does not reach.</summary>
public sealed class IopmpProfileTests
{
    private const string OneEntry = "MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; ON";

    [Fact]
    public void J1_an_empty_top_of_range_region_matches_not_even_partially()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=4; EN1=0x2; E0=OFF 0x80000004; E1=TOR 0x80000004 r; E2=NAPOT 0x80000000 +0x1000 r; ON");
        Assert.Equal("ok", bench.Access("s1 R 0x80000000 8"));
    }

    [Fact]
    public void J2_a_window_that_does_not_exist_is_stored_as_zero()
    {
        using var bench = new IopmpBench("FULL mfr");
        bench.Program("ERR_MFR=0x00030000");
        Assert.Equal(0UL, bench.Get(0x74));
    }

    [Fact]
    public void J3_unknown_requesters_leave_no_multi_fault_bit()
    {
        using var bench = new IopmpBench("FULL mfr");
        bench.Program("ON");
        bench.Access("s1 R 0x1000 4");
        bench.Access("s500 R 0x1000 4");
        Assert.Equal(0x53UL, bench.Get(0x64));
    }

    [Fact]
    public void J4_a_stall_has_taken_effect_when_its_write_is_answered()
    {
        using var bench = new IopmpBench("FULL stall");
        bench.Program("MDSTALL=0x3");
        Assert.Equal(2UL, bench.Get(0x30));
    }

    [Fact]
    public void J5_a_fetch_that_counts_as_a_read_is_one_in_every_record()
    {
        using var bench = new IopmpBench("FULL xinr");
        bench.Program("ON");
        Assert.Equal("err", bench.Access("s9 X 0x1000 4"));
        Assert.Equal(0x63UL, bench.Get(0x64));
    }

    [Fact]
    public void J6_without_error_record_only_v_remains()
    {
        using var bench = new IopmpBench("FULL noeid", options => options with { NoErrorRecord = true });
        bench.Program("ERR_CFG=0x2; ON");
        Assert.Equal("err irq", bench.Access("s1 R 0x1000 4"));
        Assert.Equal([1UL, 0UL, 0UL, 0UL], [bench.Get(0x64), bench.Get(0x68), bench.Get(0x6C), bench.Get(0x70)]);
        Assert.True(bench.Checker.InterruptLine);
        bench.Program("ERR_INFO=1");
        Assert.False(bench.Checker.InterruptLine);
    }

    [Fact]
    public void J7_message_addresses_have_34_bits_without_high_registers()
    {
        using var bench = new IopmpBench("FULL msi");
        bench.Program("MSIADDR=0xC0000000; ERR_CFG=0x10a; ON");
        Assert.Equal("err msi:0x300000000<=0x1", bench.Access("s1 R 0x1000 4"));
    }

    [Fact]
    public void P19_wide_register_accesses_are_two_words_and_others_do_nothing()
    {
        using var bench = new IopmpBench("FULL addrh");
        bench.Set(0x2000, 0x1_8000_0001, 8);
        Assert.Equal([0x1_8000_0001UL, 0x8000_0001UL, 1UL], [bench.Get(0x2000, 8), bench.Get(0x2000), bench.Get(0x2004)]);
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0, null), bench.Checker.Access(new BusAccess(0x2000, 2, AccessKind.Load, default, 0, NoInitiator.Instance), 0));
        bench.Set(0x2002, 7, 4);
        Assert.Equal(0x8000_0001UL, bench.Get(0x2000));
    }

    [Fact]
    public void P21_the_wire_falls_with_v_only()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("ERR_CFG=0x2; ON");
        bench.Access("s1 R 0x1000 4");
        bench.Program("ERR_CFG=0x0");
        Assert.True(bench.Checker.InterruptLine);
        bench.Program("ERR_INFO=0x1");
        Assert.False(bench.Checker.InterruptLine);
        bench.Access("s1 R 0x1000 4");
        bench.Program("ERR_CFG=0x2");
        Assert.False(bench.Checker.InterruptLine);
    }

    [Fact]
    public void P22_no_message_is_sent_while_one_has_failed()
    {
        using var bench = new IopmpBench("FULL msi");
        bench.Program("MSIADDR=0x100; ERR_CFG=0x10a; ON");
        Assert.Equal("err msi:0x400<=0x1", bench.Access("s1 R 0x1000 4 msifail"));
        bench.Program("ERR_INFO=0x1");
        Assert.Equal("err", bench.Access("s1 R 0x1000 4"));
        Assert.Equal(0x5BUL, bench.Get(0x64));
    }

    [Fact]
    public void P25_a_transaction_past_the_end_of_the_address_space_hits_nothing()
    {
        using var bench = new IopmpBench("FULL addrh");
        bench.Program("MDCFG0=4; EN1=0x2; E0=rawNAPOT 0x7fffffffffffffff rwx; ON");
        Assert.Equal("ok", bench.Access("s1 R 0xfffffffffffffffc 4"));
        Assert.Equal("err", bench.Access("s1 R 0xfffffffffffffffc 8"));
        Assert.Equal(0x53UL, bench.Get(0x64));
    }

    [Fact]
    public void Illegal_combinations_are_refused()
    {
        var good = new IopmpOptions();
        good.Validate();
        foreach (IopmpOptions bad in new[]
        {
            good with { DomainCount = 0 },
            good with { DomainCount = 64 },
            good with { RequesterCount = 0 },
            good with { EntryCount = 65536 },
            good with { SourceFormat = 3 },
            good with { DomainFormat = 3 },
            good with { SourceFormat = 1, SecondaryPermissions = true },
            good with { NoErrorRecord = true, RecordEntry = false, MultiFaultRecord = true },
            good with { NoErrorRecord = true },
            good with { FetchIsRead = true, NoFetch = true },
            good with { EntriesPerDomainMinusOne = 1 },
            good with { SourceFormat = 1, RequesterCount = 9 },
            good with { SourceFormat = 2, RequesterCount = 33 },
            good with { StallByRequester = true },
            good with { StallBufferDepth = 1 },
            good with { Granularity = 2 },
            good with { Granularity = 12 },
            good with { EntryOffset = 0x1040 },
            good with { EntryOffset = -16 },
        })
        {
            Assert.Throws<CheckerConfigurationException>(bad.Validate);
        }
    }

    [Fact]
    public void Locks_can_be_preset()
    {
        using var bench = new IopmpBench("FULL", options => options with
        {
            EntryLockReset = 0x2,
            DomainTableLockReset = 0x2,
            DomainLockReset = 0x2,
            LockedRequesters = [3],
        });
        bench.Program("MDCFG0=4; MDCFG1=6; EN1=0x6; EN3=0x4; E0=NAPOT 0x80000000 +0x1000 r; E1=NAPOT 0x80000000 +0x1000 r");
        Assert.Equal([0UL, 6UL, 4UL, 1UL, 0UL, 0x19UL], [bench.Get(0x800), bench.Get(0x804), bench.Get(0x1020), bench.Get(0x1060), bench.Get(0x2008), bench.Get(0x2018)]);
    }

    [Fact]
    public void Reset_switches_off_and_forgets_everything()
    {
        using var bench = new IopmpBench("FULL mfr stall");
        bench.Program(OneEntry + "; ERR_CFG=0x2; MDSTALL=0x2; ENTRYLCK=0x7");
        bench.Access("s2 R 0x1000 4");
        bench.Access("s2 R 0x1000 4");
        Assert.Equal(InvalidationScope.Everything, bench.Checker.Reset());
        Assert.False(bench.Checker.InterruptLine);
        Assert.Equal([0UL, 0UL, 0UL, 0UL, 0UL], [bench.Get(0x64), bench.Get(0x74), bench.Get(0x4C), bench.Get(0x2000), bench.Get(0x30)]);
        Assert.Equal("ok", bench.Access("s9 W 0x1000 4"));
    }

    [Fact]
    public void Debuggers_read_without_side_effects()
    {
        using var bench = new IopmpBench("FULL mfr");
        bench.Program("ON");
        bench.Access("s1 R 0x1000 4");
        bench.Access("s2 R 0x1000 4");
        Assert.Equal(0UL, bench.Get(0x74, debug: true));
        Assert.Equal(0x8000_0004UL, bench.Get(0x74));
    }

    [Fact]
    public void An_entry_array_below_the_base_is_reached_with_negative_offsets()
    {
        using var bench = new IopmpBench("FULL", options => options with { EntryOffset = -0x1000 });
        bench.Set(unchecked((ulong)-0x1000L), 0x2000_0000);
        Assert.Equal([0x2000_0000UL, 0xFFFF_F000UL], [bench.Get(unchecked((ulong)-0x1000L)), bench.Get(0x2C)]);
    }

    [Fact]
    public void An_instance_that_is_always_on_accepts_its_tables_while_on()
    {
        using var bench = new IopmpBench("FULL", options => options with { EnableFixed = true });
        Assert.Equal("err", bench.Access("s1 R 0x80000000 4"));
        bench.Program("ERR_INFO=0x1; MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw");
        Assert.Equal("ok", bench.Access("s1 R 0x80000000 4"));
        Assert.Equal(4UL, bench.Get(0x81C));
    }

    [Theory]
    [InlineData(1, 0x2, 0)]
    [InlineData(30, 0x7FFF_FFFE, 0)]
    [InlineData(31, 0xFFFF_FFFE, 0)]
    [InlineData(32, 0xFFFF_FFFE, 0x1)]
    [InlineData(40, 0xFFFF_FFFE, 0x1FF)]
    [InlineData(63, 0xFFFF_FFFE, 0xFFFF_FFFF)]
    public void Registers_keep_the_bits_of_domains_that_exist(int domains, ulong low, ulong high)
    {
        using var bench = new IopmpBench($"FULL sps stall md={domains}");
        foreach (ulong offset in new ulong[] { 0x30, 0x1020, 0x1028, 0x1030, 0x1038, 0x40 })
        {
            bench.Set(offset, 0xFFFF_FFFE);
            bench.Set(offset + 4, 0xFFFF_FFFF);
            Assert.Equal((low, high), (bench.Get(offset), bench.Get(offset + 4)));
        }

        bench.Set(0x1040, 0);
        Assert.Equal((0UL, 0UL), (bench.Get(0x1040), bench.Get(0x1044)));
    }

    [Theory]
    [InlineData(8, 0xFFFF, 0)]
    [InlineData(16, 0xFFFF_FFFF, 0)]
    [InlineData(20, 0xFFFF_FFFF, 0xFF)]
    [InlineData(32, 0xFFFF_FFFF, 0xFFFF_FFFF)]
    public void Registers_keep_the_bits_of_requesters_that_exist(int requesters, ulong low, ulong high)
    {
        using var bench = new IopmpBench($"S2M0 rrid={requesters}");
        bench.Set(0x1020, uint.MaxValue);
        bench.Set(0x1024, uint.MaxValue);
        Assert.Equal((low, high), (bench.Get(0x1020), bench.Get(0x1024)));
    }

    [Fact]
    public void High_domains_are_locked_one_by_one()
    {
        using var bench = new IopmpBench("FULL md=40");
        bench.Set(0x44, 0x10);
        bench.Set(0x1024, 0x1FF);
        Assert.Equal(0x1EFUL, bench.Get(0x1024));
        bench.Set(0x40, 1);
        bench.Set(0x44, 0x1);
        Assert.Equal(0x10UL, bench.Get(0x44));
    }

    [Fact]
    public void The_register_table_follows_the_parameters()
    {
        using var bench = new IopmpBench("FULL sps md=40");
        Assert.Contains(bench.Checker.Registers.Table(), row => row.Name == "SRCMD_XH(7)" && row.Offset == 0x10FC);
        using var compact = new IopmpBench("COMPACT");
        Assert.DoesNotContain(compact.Checker.Registers.Table(), row => row.Name.StartsWith("SRCMD", StringComparison.Ordinal));
    }
}
