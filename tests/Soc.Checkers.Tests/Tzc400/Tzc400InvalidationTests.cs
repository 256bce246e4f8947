using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;
using static Soc.Checkers.Tests.Tzc400.Tzc400Bench;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>Scopes, and cases of arm-filters.md section 3.10 that need cached answers.</summary>
public sealed class Tzc400InvalidationTests : IDisposable
{
    private const ulong P = Dram;
    private const ulong Nsaid9 = 1UL << 10;

    private readonly Tzc400Bench _d = new();
    private readonly SoftTlb _tlb;

    public Tzc400InvalidationTests() => _tlb = new SoftTlb(new TestInitiator(0), _d.Spaces[0], new IdentityWalker(context => Of(context)), new TlbConfiguration { Contexts = 17 });

    public void Dispose()
    {
        _tlb.Dispose();
        _d.Dispose();
    }

    [Fact]
    public void T37_an_atomic_without_the_right_to_write_is_refused_as_a_whole()
    {
        _d.R1(0, 1 << 3);
        _tlb.UseContexts(4, 4);
        Assert.Equal(TlbOutcome.Ok, _tlb.ReadModifyWrite(P, 8, AtomicOperation.Add, 1, out _));
        Assert.Equal(Data, _d.Memory(P));
        Assert.Single(_d.Recorder.Reports);
        Assert.Equal(0x0130_0000UL, _d.Get(Fail(0, 8)));
        Assert.Equal(TlbOutcome.Ok, _tlb.LoadReserved(P, 8, out ulong value));
        Assert.Equal(Data, value);
        _d.Set(Reaction, 1);
        Assert.Equal(TlbOutcome.BusError, _tlb.StoreConditional(P, 8, 1, out _));
        Assert.Equal(Data, _d.Memory(P));
    }

    [Fact]
    public void T37_a_refused_store_conditional_does_not_report_success()
    {
        _d.R1(0, 1 << 3);
        _tlb.UseContexts(4, 4);
        Assert.Equal(TlbOutcome.Ok, _tlb.LoadReserved(P, 8, out _));
        Assert.Equal(TlbOutcome.Ok, _tlb.StoreConditional(P, 8, 1, out bool stored));
        Assert.False(stored);
        Assert.Equal((AccessKind.Store, Data), (Assert.Single(_d.Recorder.Reports).Kind, _d.Memory(P)));
    }

    [Fact]
    public void T38_one_entry_holds_one_target_for_each_kind()
    {
        _d.R1(0, 1 << 3);
        _tlb.UseContexts(4, 4);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(Data, Load(3, P));
            Store(3, P, 1);
            Assert.Equal(Data, _d.Memory(P));
            Assert.Equal(round + 1, _d.Recorder.Reports.Count);
            Assert.Equal(2UL, _tlb.Statistics.Translates);
        }
    }

    [Fact]
    public void T39_answers_are_kept_for_each_identity()
    {
        _d.R1(0, 0x0008_0008);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal([Data, 0UL], [Load(3, P), Load(4, P)]);
        }
    }

    [Fact]
    public void T40_a_right_that_is_taken_away_concerns_its_identity_and_direction()
    {
        _d.R1(0, 0x0201_0201);
        Store(9, P, 5);
        Assert.Equal(5UL, Load(0, P));
        InvalidationScope scope = Assert.NotNull(_d.Set(Region(1, 0x14), 0x0001_0201));
        Assert.Equal(new InvalidationScope(P, 0x8FFF_FFFF, Nsaid9, AccessKinds.Store), scope);
        _tlb.Rearm(7, scope);
        Store(9, P, 6);
        Assert.Equal([5UL, 5UL], [Load(9, P), Load(0, P)]);
    }

    [Fact]
    public void T41_T42_a_moved_base_invalidates_what_changes_hands()
    {
        _d.R1(SecureBoth, uint.MaxValue);
        InvalidationScope expected = new(P, 0x87FF_FFFF, 0x1_FFFF, AccessKinds.All);
        Assert.Equal(expected, _d.Set(Region(1, 0), 0x8800_0000));
        Assert.False(_d.Reads(Secure(), P));
        Assert.Equal(expected, _d.Set(Region(1, 0), 0x8000_0000));
        Assert.True(_d.Reads(Secure(), P));
    }

    [Fact]
    public void T43_a_region_taken_off_a_filter_falls_to_region_0()
    {
        _d.R1(SecureRead, 1 << 9);
        Assert.Equal(new InvalidationScope(P, 0x8FFF_FFFF, 1 | Nsaid9, AccessKinds.Reads), _d.Set(Region(1, 0x10), SecureRead));
        Assert.False(_d.Reads(Secure(), P));
    }

    [Fact]
    public void T44_T45_T46_a_gate_invalidates_what_it_lets_through()
    {
        _d.R1(SecureBoth);
        _tlb.UseContexts(0, 0);
        Assert.Equal(TlbOutcome.Ok, _tlb.Read(P, 8, out ulong value));
        Assert.Equal(Data, value);
        InvalidationScope scope = Assert.NotNull(_d.Set(GateKeeper, 0xE));
        Assert.Equal(new InvalidationScope(P, 0x8FFF_FFFF, 1, AccessKinds.All), scope);
        _tlb.Rearm(7, scope);
        Assert.Equal(0x000E_000EUL, _d.Get(GateKeeper));
        _tlb.Read(P, 8, out value);
        Assert.Equal(0UL, value);
        _tlb.Rearm(7, Assert.NotNull(_d.Set(GateKeeper, 0xF)));
        _tlb.Read(P, 8, out value);
        Assert.Equal(Data, value);
    }

    [Fact]
    public void Writes_that_change_no_answer_invalidate_nothing()
    {
        _d.R1(SecureBoth);
        object before = _d.Checker.Snapshot;
        Assert.Null(_d.Set(Region(1, 0), P));
        Assert.Null(_d.Set(Region(5, 0), 0x1000));
        Assert.Null(_d.Set(Region(5, 0x14), uint.MaxValue));
        Assert.Null(_d.Set(IntClear, 0xF));
        Assert.Same(before, _d.Checker.Snapshot);
    }

    [Fact]
    public void Reset_closes_the_gates_and_invalidates_everything()
    {
        _d.R1(SecureBoth);
        _d.Set(Reaction, 2);
        _d.Load(NonSecure(1), P);
        Assert.True(_d.Checker.InterruptLine);
        Assert.Equal(InvalidationScope.Everything, _d.Checker.Reset());
        Assert.Equal([0UL, 0UL, 0UL], [_d.Get(GateKeeper), _d.Get(IntStatus), _d.Get(Region(1, 0x10))]);
        Assert.False(_d.Checker.InterruptLine);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(Secure(), P));
    }

    private ulong Load(int accessId, ulong address)
    {
        _tlb.UseContexts(accessId + 1, accessId + 1);
        if (!_tlb.TryRead(address, out ulong value))
        {
            Assert.Equal(TlbOutcome.Ok, _tlb.Read(address, 8, out value));
        }

        return value;
    }

    private void Store(int accessId, ulong address, ulong value)
    {
        _tlb.UseContexts(accessId + 1, accessId + 1);
        if (!_tlb.TryWrite(address, value))
        {
            Assert.Equal(TlbOutcome.Ok, _tlb.Write(address, 8, value));
        }
    }
}
