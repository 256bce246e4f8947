using Soc.Checkers.Iopmp;
using Soc.Memory;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>An IOPMP as a region of the memory tree: cases K1 to K15 of iopmp.md section 18.4, waiting, and what scopes say.</summary>
public sealed class IopmpBusTests
{
    private const string K1 = "MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; ON";
    private const ulong Ram = IopmpBench.Ram;
    private const ulong Rrid1 = 1 << 1;

    [Theory]
    [InlineData("K1", "FULL", K1, "E0=NAPOT 0x80000000 +0x1000 r", 0x25)]
    [InlineData("K2", "FULL", K1, "EN1=0", 0x55)]
    [InlineData("K3", "FULL", K1, "MDCFG0=0", 0x55)]
    [InlineData("K4", "FULL", "MDCFG0=4; EN1=0x2; E0=OFF 0x80000000; E1=TOR 0x80001000 rw; ON", "E0=OFF 0x80000800", 0x55)]
    [InlineData("K7", "FULL sps", "R1=0x2; W1=0x2; " + K1, "W1=0", 0x25)]
    [InlineData("K8", "S2M1", "PERM0=0xc; E0=NAPOT 0x80000000 +0x1000 -; ON", "PERM0=0x4", 0x25)]
    public void A_permission_that_is_withdrawn_is_in_the_scope(string id, string config, string program, string write, ulong info)
    {
        using var bench = new IopmpBench(config);
        bench.Program(program);
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 5));
        Assert.Same(bench.Downstream, bench.Port.Translate(Ram, AccessKind.Store, 1).Target);
        bench.Program(write);
        InvalidationScope scope = Assert.NotNull(bench.LastScope);
        Assert.True(scope.First <= Ram && Ram <= scope.Last && scope.Kinds.Includes(AccessKind.Store) && (scope.Indexes & Rrid1) != 0, id);
        Assert.Equal(AccessResult.Error, bench.Store(1, Ram, 6));
        Assert.Equal([info, 5UL], [bench.Get(0x64), bench.Memory(Ram)]);
    }

    [Fact]
    public void K5_another_entry_is_another_scope()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program(K1 + "; E1=NAPOT 0x80002000 +0x1000 rw");
        bench.Set(0x2018, 0x19);
        Assert.Equal(new InvalidationScope(0x8000_2000, 0x8000_2FFF, Rrid1, AccessKinds.Store), bench.LastScope);
    }

    [Fact]
    public void K6_moving_the_priority_boundary_concerns_the_entries_between()
    {
        using var bench = new IopmpBench("FULL np=1 npprog");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; E1=NAPOT 0x80000000 +0x2000 rw; ON");
        Assert.Equal(AccessResult.Error, bench.Store(1, Ram, 5));
        Assert.Equal(new InvalidationScope(Ram, Ram + 0xFFF, Rrid1, AccessKinds.All), bench.Set(0x10, 0));
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 5));
    }

    [Fact]
    public void K7_secondary_permissions_concern_their_kind_only()
    {
        using var bench = new IopmpBench("FULL sps");
        bench.Program("R1=0x2; W1=0x2; " + K1 + "; W1=0");
        Assert.Equal(new InvalidationScope(Ram, Ram + 0xFFF, Rrid1, AccessKinds.Store), bench.LastScope);
    }

    [Fact]
    public void K9_a_stalled_access_waits_for_the_owner_and_is_released_in_order()
    {
        using var bench = new IopmpBench("FULL stall");
        bench.Program(K1);
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 5));
        bench.Program("MDSTALL=0x2");
        Assert.Equal(new InvalidationScope(0, (1UL << 40) - 1, Rrid1, AccessKinds.All), bench.LastScope);
        Assert.Equal(AccessResult.Pending, bench.Store(1, Ram, 6));
        ResolvedAccess end = Resolve(bench, Ram, AccessKind.Store);
        Assert.Equal(bench.Checker.AgentId, Assert.IsType<RemoteRegion>(end.Section.Leaf).Owner);
        var first = new BusAccess(end.Offset, 4, AccessKind.Store, IopmpBench.Requester(1), Ram, NoInitiator.Instance);
        var second = first with { Kind = AccessKind.Load };
        Assert.Equal(AccessResult.Pending, bench.Checker.Access(first, 6).Result);
        Assert.Equal(AccessResult.Pending, bench.Checker.Access(second, 0).Result);
        Assert.Empty(bench.Checker.TakeReleased());
        bench.Program("MDSTALL=0");
        HeldAccess[] released = [.. bench.Checker.TakeReleased()];
        Assert.Equal([new HeldAccess(first, 6), new HeldAccess(second, 0)], released);
        Assert.Equal(AccessResult.Ok, bench.Checker.Access(released[0].Access, released[0].Value).Result);
        Assert.Equal(6UL, bench.Checker.Access(released[1].Access, 0).Value);
        Assert.Empty(bench.Checker.TakeReleased());
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 7));
    }

    [Fact]
    public void P10_a_stall_is_busy_until_all_have_dropped_their_answers()
    {
        using var bench = new IopmpBench("FULL stall scp");
        bench.Checker.ReportsAcknowledgements = true;
        bench.Program(K1);
        RegisterOutcome stall = bench.Write(0x30, 2);
        Assert.Equal((true, 3UL), (stall.CompletesAtOnce, bench.Get(0x30)));
        RegisterOutcome single = bench.Write(0x38, 0x4000_0002);
        bench.Checker.ChangeAcknowledged(stall.Change);
        bench.Checker.ChangeAcknowledged(stall.Change);
        Assert.Equal(3UL, bench.Get(0x30));
        bench.Checker.ChangeAcknowledged(single.Change);
        Assert.Equal(2UL, bench.Get(0x30));
        Assert.Equal(0L, bench.Write(0x2008, 1).Change);
        Assert.Equal(0L, bench.Write(0x38, 0x4000_0002).Change);
    }

    [Fact]
    public void P10_a_resume_is_busy_until_released_accesses_are_taken()
    {
        using var bench = new IopmpBench("FULL stall");
        bench.Program(K1 + "; MDSTALL=0x2");
        ResolvedAccess end = Resolve(bench, Ram, AccessKind.Load);
        var access = new BusAccess(end.Offset, 4, AccessKind.Load, IopmpBench.Requester(1), Ram, NoInitiator.Instance);
        Assert.Equal(AccessResult.Pending, bench.Checker.Access(access, 0).Result);
        bench.Program("MDSTALL=0");
        Assert.Equal(1UL, bench.Get(0x30));
        Assert.Single(bench.Checker.TakeReleased());
        Assert.Equal(0UL, bench.Get(0x30));
    }

    [Fact]
    public void A_stalled_access_without_room_is_a_violation_if_so_configured()
    {
        using var bench = new IopmpBench("FULL stall");
        bench.Program(K1 + "; ERR_CFG=0x12; MDSTALL=0x2");
        Assert.Same(bench.Port.Blocked, bench.Port.Translate(Ram, AccessKind.Load, 1).Target);
        Assert.Equal(AccessResult.Error, bench.Load(1, Ram).Result);
        Assert.Equal(0x73UL, bench.Get(0x64));
        bench.Program("ERR_CFG=0x2");
        Assert.Equal(Rrid1, bench.LastScope?.Indexes);
        Assert.Same(bench.Port.Waiting, bench.Port.Translate(Ram, AccessKind.Load, 1).Target);
    }

    [Fact]
    public void The_owner_refuses_what_finds_the_parking_buffer_full()
    {
        using var bench = new IopmpBench("FULL stall buf=1", options => options with { ErrorReadData = 0xABCD_EF01 });
        bench.Program(K1 + "; ERR_CFG=0x10; MDSTALL=0x2");
        ResolvedAccess end = Resolve(bench, Ram, AccessKind.Load);
        var access = new BusAccess(end.Offset, 4, AccessKind.Load, IopmpBench.Requester(1), Ram, NoInitiator.Instance);
        Assert.Equal(AccessResult.Pending, bench.Checker.Access(access, 0).Result);
        Assert.Equal(AccessResult.Error, bench.Checker.Access(access, 0).Result);
        Assert.Equal(0x73UL, bench.Get(0x64));
        bench.Program("ERR_CFG=0x14");
        Assert.Equal(new RegisterOutcome(AccessResult.Ok, 0xABCD_EF01, null), bench.Checker.Access(access, 0));
    }

    [Fact]
    public void K10_a_new_outgoing_requester_concerns_everybody()
    {
        using var bench = new IopmpBench("FULL transl=0x37 tprog");
        bench.Program(K1 + "; E1=NAPOT 0x10000000 +0x1000 r");
        Assert.Same(bench.Downstream, bench.Port.Translate(Ram, AccessKind.Load, 1).Target);
        Assert.Equal((AccessResult.Ok, 0x5AUL), bench.Load(1, 0x1000_0000));
        Assert.Equal(0x37U, bench.Device.Seen[^1].Attributes.RequesterId);
        Assert.Equal((0UL, (1UL << 40) - 1, AccessKinds.All), bench.Set(0x14, 0x0042_0000) is { } scope ? (scope.First, scope.Last, scope.Kinds) : default);
        bench.Load(1, 0x1000_0000);
        Assert.Equal(0x42U, bench.Device.Seen[^1].Attributes.RequesterId);
    }

    [Fact]
    public void K11_switching_on_concerns_everybody_unknown_requesters_too()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw");
        Assert.Null(bench.LastScope);
        Assert.Equal(AccessResult.Ok, bench.Store(7, Ram + 0x2000, 5));
        bench.Program("ON");
        Assert.Equal(new InvalidationScope(0, (1UL << 40) - 1, 0x1FF, AccessKinds.All), bench.LastScope);
        Assert.Equal(AccessResult.Error, bench.Store(7, Ram + 0x2000, 6));
        Assert.Equal(0x55UL, bench.Get(0x64));
        Assert.Equal(AccessResult.Error, bench.Load(900, Ram).Result);
    }

    [Fact]
    public void K12_two_permitted_pages_do_not_make_one_transaction()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program(K1 + "; E1=NAPOT 0x80001000 +0x1000 rw");
        Assert.Equal(["ok", "ok", "err"], [bench.Access("s1 W 0x80000000 4"), bench.Access("s1 W 0x80001000 4"), bench.Access("s1 W 0x80000ffc 8")]);
        Assert.Equal(0x45UL, bench.Get(0x64));
    }

    [Fact]
    public void K13_one_page_three_windows()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000100 +0x40 r; E1=NAPOT 0x80000000 +0x1000 rw; ON");
        Assert.Equal([AccessResult.Ok, AccessResult.Error, AccessResult.Ok], [bench.Store(1, Ram, 1), bench.Store(1, Ram + 0x100, 2), bench.Store(1, Ram + 0x140, 3)]);
        Assert.Equal([1UL, 0UL, 3UL], [bench.Memory(Ram), bench.Memory(Ram + 0x100), bench.Memory(Ram + 0x140)]);
        Assert.Equal([0xFFUL, 0x3FUL, 0x3FUL], [Mask(bench, Ram), Mask(bench, Ram + 0x100), Mask(bench, Ram + 0x140)]);
    }

    [Fact]
    public void K14_a_frozen_entry_stays_and_nothing_is_invalidated()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program(K1 + "; ENTRYLCK=0x2");
        Assert.Null(bench.LastScope);
        bench.Program("E0=NAPOT 0x80000000 +0x1000 -");
        Assert.Null(bench.LastScope);
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 5));
    }

    [Fact]
    public void K15_read_and_write_verdicts_do_not_make_an_atomic_verdict()
    {
        using var bench = new IopmpBench("FULL np=0");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; E1=NAPOT 0x80000000 +0x1000 w; ON");
        Assert.Equal(["ok", "ok", "err"], [bench.Access("s1 R 0x80000000 4"), bench.Access("s1 W 0x80000000 4"), bench.Access("s1 A 0x80000000 4")]);
        Assert.Equal(0x25UL, bench.Get(0x64));
    }

    [Fact]
    public void Four_byte_regions_are_judged_with_the_real_size_of_each_access()
    {
        using var bench = new IopmpBench("FULL");
        bench.Program("MDCFG0=4; EN1=0x2; E0=NA4 0x80000010 rw; ON");
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram + 0x10, 7));
        Assert.Equal((AccessResult.Ok, 7UL), bench.Load(1, Ram + 0x10));
        Assert.Same(bench.Port.Checked, bench.Port.Translate(Ram + 0x10, AccessKind.Load, 1).Target);
        Assert.Equal(AccessResult.Error, bench.Load(1, Ram + 0x10, 8).Result);
        Assert.Equal([0x43UL, 0x2000_0004UL], [bench.Get(0x64), bench.Get(0x68)]);
    }

    [Fact]
    public void Suppressed_errors_fake_data_and_drop_writes()
    {
        using var bench = new IopmpBench("FULL", options => options with { ErrorReadData = 0x1234_5678_9ABC_DEF0 });
        bench.Program("MDCFG0=4; EN1=0x2; ERR_CFG=0x6; ON");
        Assert.Equal((AccessResult.Ok, 0xDEF0UL), bench.Load(1, Ram, 2));
        Assert.True(bench.Checker.InterruptLine);
        Assert.Equal(AccessResult.Ok, bench.Store(1, Ram, 9));
        Assert.Equal(0UL, bench.Memory(Ram));
        Assert.Equal(2, bench.Recorder.Reports.Count);
    }

    [Fact]
    public void Debuggers_pass_by_and_worlds_can_be_requesters()
    {
        using var bench = new IopmpBench("FULL", options => options with { RequesterIsWorld = true, UnspecifiedRequester = 1 });
        bench.Program(K1);
        TransactionAttributes world = TransactionAttributes.Specified.WithWorld(1);
        Assert.Equal(AccessResult.Ok, bench.Space.Write(NoInitiator.Instance, Ram, 4, world, 9));
        Assert.Equal(AccessResult.Ok, bench.Space.Read(NoInitiator.Instance, Ram, 4, AccessKind.Load, TransactionAttributes.Unspecified, out ulong value));
        Assert.Equal(AccessResult.Ok, bench.Space.Read(NoInitiator.Instance, Ram + 0x4000, 4, AccessKind.Load, TransactionAttributes.DebugAccess, out _));
        Assert.Equal(9UL, value);
        Assert.Equal(AccessResult.Error, bench.Load(1, Ram).Result);
    }

    private static ulong Mask(IopmpBench bench, ulong address) => bench.Port.Translate(address, AccessKind.Store, 1).Mask;

    private static ResolvedAccess Resolve(IopmpBench bench, ulong address, AccessKind kind)
    {
        TranslationChain.Resolve(bench.Space, address, 4, kind, IopmpBench.Requester(1), null, out ResolvedAccess end);
        return end;
    }
}
