using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;
using static Soc.Checkers.Tests.Mpc.MpcBench;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>Cases of arm-filters.md section 2.10 that need cached answers: a TLB which re-arms exactly the scopes of writes.</summary>
public sealed class MpcCachingTests : IDisposable
{
    /// <summary>Virtual addresses from here on show the same physical ones again.</summary>
    private const ulong Mirror = 1UL << 40;

    private readonly MpcBench _d = new();
    private readonly SoftTlb _tlb;

    public MpcCachingTests() => _tlb = new SoftTlb(new TestInitiator(0), _d.Space, new IdentityWalker(context => context == 0 ? Secure() : NonSecure(), Mirror - 1), new TlbConfiguration { Contexts = 2 });

    public void Dispose()
    {
        _tlb.Dispose();
        _d.Dispose();
    }

    [Fact]
    public void M28_M29_M30_a_changed_bit_flips_both_securities_of_its_block_only()
    {
        Assert.Equal([Data, 0UL], [Load(secure: true, 0x3000), Load(secure: false, 0x3000)]);
        Write(0, 8);
        Assert.Equal([0UL, Data], [Load(secure: true, 0x3000), Load(secure: false, 0x3000)]);
        Write(0, 0);
        Assert.Equal([Data, 0UL], [Load(secure: true, 0x3000), Load(secure: false, 0x3000)]);
    }

    [Fact]
    public void M28_blocks_that_did_not_change_stay_cached()
    {
        Load(secure: false, 0x1_0000);
        InvalidationScope scope = Assert.NotNull(_d.SetWord(0, 5));
        Assert.Equal((Base, Alias + 0x2FFF), (scope.First, scope.Last));
        Assert.Equal(0, _tlb.Rearm(7, scope with { Last = Base + 0x2FFF }));
        Assert.NotEqual(0, _tlb.Rearm(7, scope with { First = Base + 0x1_0000, Last = Base + 0x1_0000 }));
    }

    [Fact]
    public void M31_the_response_is_never_cached()
    {
        Assert.Equal(0UL, Load(secure: false, 0));
        Assert.Null(_d.Set(Ctrl, 0x110));
        _tlb.UseContexts(1, 1);
        Assert.Equal(TlbOutcome.BusError, _tlb.Read(Base, 8, out _));
    }

    [Fact]
    public void M33_a_change_reaches_both_aliases()
    {
        Assert.Equal([0UL, 0UL], [Load(secure: false, 0x1000), Load(secure: false, Alias - Base + 0x1000)]);
        Write(0, 2);
        Assert.Equal([Data, Data], [Load(secure: false, 0x1000), Load(secure: false, Alias - Base + 0x1000)]);
    }

    [Fact]
    public void M35_a_refused_atomic_gives_zero_stores_nothing_and_is_one_refusal()
    {
        _tlb.UseContexts(1, 1);
        Assert.Equal(TlbOutcome.Ok, _tlb.ReadModifyWrite(Base + 0x1000, 4, AtomicOperation.Add, 1, out ulong old));
        Assert.Equal([0UL, Data], [old, _d.Memory(0x1000)]);
        Assert.Single(_d.Recorder.Reports);
        Assert.Equal(TlbOutcome.Ok, _tlb.LoadReserved(Base + 0x1000, 4, out old));
        Assert.Equal(0UL, old);
        Assert.Equal(TlbOutcome.Ok, _tlb.StoreConditional(Base + 0x1000, 4, 9, out bool stored));
        Assert.False(stored);
        Assert.Equal(Data, _d.Memory(0x1000));
    }

    [Fact]
    public void M28_an_outcome_names_the_runs_of_changed_blocks()
    {
        _d.Set(BlkIdx, 0);
        RegisterOutcome outcome = _d.Access(AccessKind.Store, BlkLut, 4, 0xD, Secure());
        Assert.Equal(
            [(Base, Base + 0xFFF), (Alias, Alias + 0xFFF), (Base + 0x2000, Base + 0x3FFF), (Alias + 0x2000, Alias + 0x3FFF)],
            outcome.Parts?.Select(part => (part.First, part.Last)) ?? []);
    }

    [Fact]
    public void M40_beats_after_the_acknowledgement_see_the_new_rule_and_the_first_refused_one_is_recorded()
    {
        Write(0, 1 << 5);
        _tlb.UseContexts(1, 1);
        var seen = new ulong[16];
        for (ulong beat = 0; beat < 16; beat++)
        {
            if (beat == 7)
            {
                // Beats between the commit and the acknowledgement may be old or new; here the engine has not heard of it yet.
                InvalidationScope scope = Assert.NotNull(_d.SetWord(0, 0));
                Assert.Equal(TlbOutcome.Ok, _tlb.Read(Base + 0x5000 + (8 * beat), 8, out ulong between));
                Assert.Contains(between, new ulong[] { 0, Data });
                _tlb.Rearm(7, scope);
            }

            _tlb.Read(Base + 0x5000 + (8 * beat), 8, out seen[beat]);
        }

        Assert.Equal([.. Enumerable.Repeat(Data, 7), .. Enumerable.Repeat(0UL, 9)], seen);
        Assert.Equal([0x5038UL, 1UL << 16], [_d.Get(IntInfo1), _d.Get(IntInfo2)]);
    }

    [Fact]
    public void X03_one_change_reaches_all_views_of_a_block()
    {
        ulong[] views = [0x1000, Alias - Base + 0x1000, Mirror + 0x1000, Mirror + Alias - Base + 0x1000];
        Assert.All(views, view => Assert.Equal(0UL, Load(secure: false, view)));
        _tlb.Rearm(7, Assert.NotNull(_d.SetWord(0, 2)));
        Assert.All(views, view => Assert.Equal(Data, Load(secure: false, view)));
    }

    [Fact]
    public void X08_X10_who_closes_a_block_sees_it_closed_in_its_next_access()
    {
        Assert.Equal(Data, Load(secure: true, 0x2000));
        Write(0, 4);
        Assert.Equal(0UL, Load(secure: true, 0x2000));
        Assert.Equal(TlbOutcome.Ok, _tlb.Write(Base + 0x2000, 8, 5));
        Assert.Equal(Data, _d.Memory(0x2000));
    }

    private void Write(int word, uint value)
    {
        if (_d.SetWord(word, value) is { } scope)
        {
            _tlb.Rearm(7, scope);
        }
    }

    private ulong Load(bool secure, ulong offset)
    {
        int context = secure ? 0 : 1;
        _tlb.UseContexts(context, context);
        if (!_tlb.TryRead(Base + offset, out ulong value))
        {
            Assert.Equal(TlbOutcome.Ok, _tlb.Read(Base + offset, 8, out value));
        }

        return value;
    }
}
