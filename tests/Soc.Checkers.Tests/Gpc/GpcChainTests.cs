using Soc.Checkers.Gpc;
using Soc.Checkers.Mpc;
using Soc.Checkers.Tzc400;
using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;
using static Soc.Checkers.Tests.Gpc.GpcBench;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>A source-side check in front of target-side ones: G60 to G62 and the cases of arm-filters.md section 5 that one room can show.</summary>
public sealed class GpcChainTests
{
    private const ulong EntryOf = LevelZero + 0x10;
    private const int TargetAgent = 3;

    private readonly Tzc400Checker _tzc = new(new Tzc400Options("tzc", TargetAgent) { Filters = 1 });
    private readonly MpcChecker _mpc = new(new MpcOptions("mpc", TargetAgent, 0x40_0000));

    [Fact]
    public void G60_what_the_check_lets_pass_the_next_checker_may_still_refuse()
    {
        using GpcBench d = BehindTzc();
        d.Tables[EntryOf] = 0x91;
        WriteTzc(0x004, 1);
        Assert.Equal(AccessResult.Error, d.Views[0].Read(NoInitiator.Instance, Address, 1, AccessKind.Load, In(SecuritySpace.NonSecure), out _));
        Assert.Equal([0UL, 1UL], [d.Get(GpfFar, 8), ReadTzc(0x010)]);
    }

    [Fact]
    public void G61_what_the_check_refuses_no_other_checker_sees()
    {
        using GpcBench d = BehindTzc();
        d.Tables[EntryOf] = 0xB1;
        Assert.Equal(AccessResult.Error, d.Views[0].Read(NoInitiator.Instance, Address, 1, AccessKind.Load, In(SecuritySpace.NonSecure), out _));
        Assert.NotEqual(0UL, d.Get(GpfFar, 8));
        Assert.Equal(0UL, ReadTzc(0x010));
    }

    [Fact]
    public void G62_tables_that_another_checker_refuses_are_an_external_abort()
    {
        using var d = new GpcBench(realTables: true, wrap: (tree, baseAddress, size, memory) =>
            _tzc.Protect(tree, $"tzc.{baseAddress:x}", baseAddress, size, memory, 0));
        OpenTzc();
        d.Poke(EntryOf, 0x91);
        WriteTzc(0x004, 1);
        Assert.Equal(AccessResult.Error, d.Views[0].Read(NoInitiator.Instance, Address, 1, AccessKind.Load, In(SecuritySpace.NonSecure), out _));
        Assert.Equal(0x14, Assert.NotNull(GpcRecord.Decode(d.Get(ConfigurationFar, 8))).StatusCode);
        Assert.Equal([EntryOf, 0UL], [ReadTzc(0x020), ReadTzc(0x028) & (1 << 21)]);
    }

    [Fact]
    public void X05_an_invalidation_by_address_reaches_plain_memory_as_well()
    {
        using GpcBench d = BehindMpc();
        using var harts = new GpcHarts(d, 1);
        d.Tables.Filling = 0xF1;
        Assert.True(harts.Loads(SecuritySpace.Secure));
        harts.Tlbs[0].Read(LevelZero, 8, out _);
        Assert.NotEqual(0, harts.Tlbs[0].Rearm(Agent, Assert.NotNull(d.Invalidate(GpcOperation.All).Scope)));
        Assert.Equal(0, harts.Tlbs[0].Rearm(TargetAgent, InvalidationScope.Everything));
        Assert.True(harts.Loads(SecuritySpace.Secure));
        Assert.NotEqual(0, harts.Tlbs[0].Rearm(TargetAgent, InvalidationScope.Everything));
    }

    [Fact]
    public void X04_an_invalidation_of_a_target_side_checker_leaves_other_pages_alone()
    {
        using GpcBench d = BehindMpc();
        using var harts = new GpcHarts(d, 1);
        d.Tables.Filling = 0xF1;
        Assert.True(harts.Loads(SecuritySpace.Secure));
        Assert.True(harts.Loads(SecuritySpace.Secure, 0x7000_0000));
        Assert.Equal(3, harts.Tlbs[0].Rearm(TargetAgent, InvalidationScope.Everything));
        Assert.Equal(3, harts.Tlbs[0].Rearm(Agent, InvalidationScope.Everything));
    }

    [Fact]
    public void X07_a_reservation_does_not_outlive_the_granule()
    {
        using var d = new GpcBench();
        using var harts = new GpcHarts(d, 1);
        d.Tables[EntryOf] = 0x91;
        harts.Tlbs[0].UseContexts(1, 1);
        Assert.Equal(TlbOutcome.Ok, harts.Tlbs[0].LoadReserved(Address & ~7UL, 8, out _));
        d.Tables[EntryOf] = 0xB1;
        harts.Serve(d.Invalidate(GpcOperation.All));
        Assert.Equal(TlbOutcome.Ok, harts.Tlbs[0].StoreConditional(Address & ~7UL, 8, 1, out bool stored));
        Assert.False(stored);
    }

    [Theory]
    [InlineData(0x91, false, false, true)]
    [InlineData(0x91, true, true, true)]
    [InlineData(0xB1, false, false, false)]
    [InlineData(0xB1, true, false, false)]
    public void X11_a_check_and_an_mpc_in_front_of_the_same_memory(ulong entry, bool nonSecureBlock, bool data, bool passes)
    {
        using GpcBench d = BehindMpc();
        d.Tables[EntryOf] = entry;
        _mpc.Access(new BusAccess(0x018, 4, AccessKind.Store, MpcAttributes(), 0, NoInitiator.Instance), 0x234 / 32);
        _mpc.Access(new BusAccess(0x01C, 4, AccessKind.Store, MpcAttributes(), 0, NoInitiator.Instance), nonSecureBlock ? uint.MaxValue : 0);
        AccessResult result = d.Views[0].Read(
            NoInitiator.Instance, Address & ~7UL, 8, AccessKind.Load, In(SecuritySpace.NonSecure), out ulong value);
        ulong status = _mpc.Access(new BusAccess(0x020, 4, AccessKind.Load, MpcAttributes(), 0, NoInitiator.Instance), 0).Value;
        Assert.Equal((passes ? AccessResult.Ok : AccessResult.Error, data ? Data : 0, passes && !nonSecureBlock ? 1UL : 0), (result, value, status));
    }

    [Fact]
    public void X12_nothing_is_checked_after_power_on()
    {
        using var d = new GpcBench(enable: false);
        Assert.Equal([Pass, Pass, Pass, Pass], d.CheckAll());
        Assert.Empty(d.Tables.Fetches);
    }

    [Fact]
    public void X13_a_debugger_passes_by_and_leaves_no_record()
    {
        using var d = new GpcBench();
        Assert.Equal(AccessResult.Ok, d.Views[0].Read(NoInitiator.Instance, Address & ~7UL, 8, AccessKind.Load, TransactionAttributes.DebugAccess, out ulong value));
        Assert.Equal(Data, value);
        Assert.Empty(d.Recorder.Reports);
        Assert.Empty(d.Tables.Fetches);
    }

    [Fact]
    public void The_sanitizer_knows_that_a_pass_may_last_until_it_is_invalidated()
    {
        using var d = new GpcBench();
        using var harts = new GpcHarts(d, 1);
        var sanitizer = new Sanitizer(1);
        harts.Tlbs[0].Monitor = new InitiatorMonitor(new TestInitiator(0), d.Views[0], sanitizer);
        d.Tables[EntryOf] = 0x91;
        Assert.True(harts.Loads(SecuritySpace.NonSecure));
        d.Tables[EntryOf] = 0xB1;
        Assert.True(harts.Loads(SecuritySpace.NonSecure));
        Assert.Equal(1UL, sanitizer.Allowed);
    }

    private static TransactionAttributes MpcAttributes() => TransactionAttributes.Specified.WithSecure(true);

    private GpcBench BehindTzc()
    {
        var d = new GpcBench(wrap: (tree, baseAddress, size, memory) => _tzc.Protect(tree, "tzc", baseAddress, size, memory, 0));
        OpenTzc();
        return d;
    }

    private GpcBench BehindMpc() => new(wrap: (tree, baseAddress, _, memory) =>
    {
        _mpc.Violations = new DirectRecorder(_mpc);
        return _mpc.Protect(tree, "mpc", baseAddress, memory);
    });

    private void OpenTzc()
    {
        _tzc.Violations = new DirectRecorder(_tzc);
        WriteTzc(0x008, 1);
    }

    private void WriteTzc(ulong offset, ulong value) => _tzc.Access(new BusAccess(offset, 4, AccessKind.Store, MpcAttributes(), 0, NoInitiator.Instance), value);

    private ulong ReadTzc(ulong offset) => _tzc.Access(new BusAccess(offset, 4, AccessKind.Load, MpcAttributes(), 0, NoInitiator.Instance), 0).Value;
}
