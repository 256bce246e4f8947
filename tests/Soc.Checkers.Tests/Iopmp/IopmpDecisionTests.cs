using Soc.Checkers.Iopmp;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>The decisions P1 to P27 of iopmp.md section 15, those that no other test names.</summary>
public sealed class IopmpDecisionTests
{
    private const string Page = "MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 ";

    [Fact]
    public void P1_the_layout_is_that_of_draft_0_8_3()
    {
        using var bench = new IopmpBench("FULL stall scp mfr msi addrh");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r");
        Assert.Equal(
            [0x2000UL, 4UL, 2UL, 0x2000_01FFUL, 0x19UL],
            new ulong[] { 0x2C, 0x800, 0x1020, 0x2000, 0x2008 }.Select(offset => bench.Get(offset)));
    }

    [Fact]
    public void P2_bounds_are_repaired_upward_while_enabled_and_only_then()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=5; MDCFG1=2; MDCFGLCK=0x4");
        Assert.Equal([5UL, 2UL], [bench.Get(0x800), bench.Get(0x804)]);
        bench.Program("ON");
        Assert.Equal([5UL, 5UL, 5UL], [bench.Get(0x800), bench.Get(0x804), bench.Get(0x81C)]);
    }

    [Fact]
    public void P3_an_illegal_mode_keeps_the_old_one_and_takes_the_rest()
    {
        using var bench = new IopmpBench("FULL notor");
        bench.Program("E0=NAPOT 0x80000000 +0x1000 r; E0=rawTOR 0x20000000 w");
        Assert.Equal(0x1AUL, bench.Get(0x2008));
    }

    [Fact]
    public void P4_a_lock_counts_from_the_next_store()
    {
        using var bench = new IopmpBench("FULL np=2 npprog");
        bench.Program("ENTRYLCK=0x5; ENTRYLCK=0xE; MDCFGLCK=0x3; MDCFGLCK=0x4; EN1=0x7; EN1=0x0");
        Assert.Equal([5UL, 3UL, 7UL], [bench.Get(0x4C), bench.Get(0x48), bench.Get(0x1020)]);
        bench.Program("HWCFG2=0x10003; HWCFG2=0x1");
        Assert.Equal(3UL, bench.Get(0x10) & 0x1_FFFF);
    }

    [Fact]
    public void P5_a_transaction_of_no_bytes_is_answered_without_a_check()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("ON");
        Assert.Equal("ok", bench.Access("s1 R 0x1000 0"));
        Assert.Equal(0UL, bench.Get(0x64));
    }

    [Fact]
    public void P6_the_entry_id_is_the_lowest_candidate_or_zero()
    {
        using var bench = new IopmpBench("FULL np=0");
        bench.Program("MDCFG0=4; EN1=0x2; E1=NAPOT 0x80000000 +0x1000 w; E2=NAPOT 0x80000000 +0x2000 w; ON");
        Assert.Equal("err", bench.Access("s1 R 0x80000000 4"));
        Assert.Equal(1UL, bench.Get(0x70) >> 16);
        bench.Program("ERR_INFO=1");
        Assert.Equal("err", bench.Access("s1 R 0x1000 4"));
        Assert.Equal(0UL, bench.Get(0x70) >> 16);
    }

    [Fact]
    public void P7_without_error_record_there_is_no_multi_fault_record()
    {
        Assert.Throws<CheckerConfigurationException>(() => new IopmpBench("FULL noeid mfr", options => options with { NoErrorRecord = true }));
    }

    [Fact]
    public void P8_a_converted_fetch_is_a_read_in_the_record_of_a_stall()
    {
        using var bench = new IopmpBench("FULL xinr stall");
        bench.Program(Page + "x; ERR_CFG=0x10; ON; MDSTALL=0x2");
        Assert.Equal("err", bench.Access("s1 X 0x80000000 4"));
        Assert.Equal(0x73UL, bench.Get(0x64));
    }

    [Fact]
    public void P9_a_range_whose_top_is_its_base_matches_nothing()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=4; EN1=0x2; E0=OFF 0x80000004; E1=TOR 0x80000004 -; E2=NAPOT 0x80000000 +0x1000 r; ON");
        Assert.Equal("ok", bench.Access("s1 R 0x80000000 8"));
    }

    [Theory]
    [InlineData("FULL", 0x40UL, 0xFFFF_FFFEUL, 0x1FEUL)]
    [InlineData("ISO", 0x40UL, 0xFFFF_FFFEUL, 0x1UL)]
    [InlineData("RAPID", 0x48UL, 0xFUL, 0x0UL)]
    [InlineData("DYN", 0x48UL, 0xFUL, 0x0UL)]
    public void P11_P12_P13_locks_of_what_is_not_there(string config, ulong offset, ulong written, ulong read)
    {
        using var bench = new IopmpBench(config);
        bench.Set(offset, written);
        Assert.Equal(read, bench.Get(offset));
    }

    [Fact]
    public void P14_P26_all_requesters_below_the_number_are_legal_and_others_leave_no_bit()
    {
        using var bench = new IopmpBench("FULL mfr");
        bench.Program("ON");
        for (int rrid = 0; rrid < 8; rrid++)
        {
            Assert.Equal("err", bench.Access($"s{rrid} R 0x1000 4"));
            Assert.Equal(0x53UL, bench.Get(0x64));
            bench.Program("ERR_INFO=1");
        }

        bench.Access("s1 R 0x1000 4");
        bench.Access("s8 R 0x1000 4");
        Assert.Equal(0x53UL, bench.Get(0x64));
    }

    [Fact]
    public void P15_a_multi_fault_register_with_nothing_to_report_keeps_its_index()
    {
        using var bench = new IopmpBench("FULL mfr rrid=40");
        bench.Program("ERR_MFR=0x20000");
        Assert.Equal(0x2_0000UL, bench.Get(0x74));
        bench.Program("ERR_MFR=0x30000");
        Assert.Equal(0UL, bench.Get(0x74));
    }

    [Fact]
    public void P16_reserved_operations_and_unusable_requesters_leave_the_stall_set()
    {
        using var bench = new IopmpBench("FULL stall scp unsel=1");
        bench.Program("RRIDSCP=0x40000002");
        Assert.Equal(0x4000_0002UL, bench.Get(0x38));
        bench.Program("RRIDSCP=0xC0000003");
        Assert.Equal(0x4000_0002UL, bench.Get(0x38));
        bench.Program("RRIDSCP=0x40000001");
        Assert.Equal(0xC000_0001UL, bench.Get(0x38));
        bench.Program("RRIDSCP=0x40000009");
        Assert.Equal(0xC000_0001UL, bench.Get(0x38));
        bench.Program("RRIDSCP=0x2");
        Assert.Equal(0x4000_0002UL, bench.Get(0x38));
    }

    [Fact]
    public void P18_the_faked_data_are_a_parameter()
    {
        using var bench = new IopmpBench("FULL", options => options with { ErrorReadData = 0x1234_5678 });
        bench.Program("ERR_CFG=0x4; ON");
        Assert.Equal((Memory.AccessResult.Ok, 0x1234_5678UL), bench.Load(1, 0x8000_0000));
    }

    [Fact]
    public void P20_P24_absent_registers_read_zero_and_take_nothing()
    {
        using var bench = new IopmpBench("FULL");
        foreach (ulong offset in new ulong[] { 0x18, 0x28, 0x30, 0x34, 0x38, 0x3C, 0x50, 0x74, 0x78, 0x7C, 0x80, 0x9C, 0x820, 0x1004, 0x1028, 0x2004, 0x200C })
        {
            Assert.Null(bench.Set(offset, uint.MaxValue));
            Assert.Equal(0UL, bench.Get(offset));
        }
    }

    [Fact]
    public void P23_the_entrys_suppression_counts_when_secondary_permissions_deny()
    {
        using var bench = new IopmpBench("FULL sps peis pees");
        bench.Program(Page + "rw siwe sewe; R1=0x2; ERR_CFG=0x2; ON");
        Assert.Equal("fake", bench.Access("s1 W 0x80000000 4"));
        Assert.Equal(0UL, bench.Get(0x64));
    }

    [Fact]
    public void P27_one_non_priority_entry_must_grant_both_halves_of_an_atomic()
    {
        using var bench = new IopmpBench("FULL np=0");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; E1=NAPOT 0x80000000 +0x1000 w; ON");
        Assert.Equal(["ok", "ok", "err"], [bench.Access("s1 R 0x80000000 4"), bench.Access("s1 W 0x80000000 4"), bench.Access("s1 A 0x80000000 4")]);
        bench.Program("E2=NAPOT 0x80000000 +0x1000 rw");
        Assert.Equal("ok", bench.Access("s1 A 0x80000000 4"));
    }

    [Fact]
    public void P17_parked_transactions_are_released_first_in_first_out()
    {
        using var bench = new IopmpBench("FULL stall buf=4");
        bench.Program(Page + "rw; ON; MDSTALL=0x2");
        Memory.BusAccess[] waiting = [.. Enumerable.Range(0, 4).Select(at => new Memory.BusAccess(
            CheckerPort.WaitingOffset + 0x8000_0000 + (4 * (ulong)at), 4, Memory.AccessKind.Store, IopmpBench.Requester(1), 0x8000_0000 + (4 * (ulong)at), Memory.NoInitiator.Instance))];
        Assert.All(waiting, access => Assert.Equal(Memory.AccessResult.Pending, bench.Checker.Access(access, 1).Result));
        bench.Program("MDSTALL=0");
        Assert.Equal(waiting, bench.Checker.TakeReleased().Select(held => held.Access));
    }
}
