using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb;
using static Soc.Checkers.Tests.WorldGuard.WorldGuardBench;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>Cases of worldguard.md section 10 that need cached answers: a TLB whose context is the world.</summary>
public sealed class WorldGuardCachingTests : IDisposable
{
    private const int PmpDenies = 5;

    private readonly WorldGuardBench _d = new();
    private readonly Walker _walker = new();
    private readonly SoftTlb _tlb;

    public WorldGuardCachingTests()
    {
        _tlb = new SoftTlb(new TestInitiator(0), _d.Space, _walker, new TlbConfiguration { Contexts = 4 });
        _d.Slot14();
    }

    public void Dispose()
    {
        _tlb.Dispose();
        _d.Dispose();
    }

    [Fact]
    public void B14_what_physical_memory_protection_denies_the_checker_never_sees()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x500);
        _walker.Denied = P;
        _tlb.UseContexts(1, 1);
        Assert.Equal(TlbOutcome.WalkFault, _tlb.Read(P, 8, out _));
        Assert.Equal((PmpDenies, 0UL), (_tlb.Fault.Code, _d.Get(0x10)));
        Assert.Empty(_d.Recorder.Reports);
        _walker.Denied = ulong.MaxValue;
        Assert.Equal(TlbOutcome.BusError, _tlb.Read(P, 8, out _));
        Assert.NotEqual(0UL, _d.Get(0x10));
    }

    [Fact]
    public void I8_the_entry_for_reading_does_not_serve_a_store()
    {
        _d.NapotSlot(1, P, 0x1000, 4);
        Assert.Equal(Data, Load(1));
        Assert.False(_tlb.TryWrite(P, 5UL));
        Assert.Equal(TlbOutcome.Ok, _tlb.Write(P, 8, 5));
        Assert.Equal([Data, Data], [Load(1), _d.Memory(P)]);
    }

    [Fact]
    public void I9_the_entry_of_one_world_does_not_serve_another()
    {
        Assert.Equal(Data, Load(M));
        Assert.Equal(0UL, Load(1));
        Assert.Equal(Data, Load(M));
    }

    [Fact]
    public void I10_an_engine_copies_zeros_after_the_change_is_acknowledged()
    {
        _d.NapotSlot(1, P, 0x1000, 0xC);
        var copied = new List<ulong>();
        for (int beat = 0; beat < 20; beat++)
        {
            if (beat == 8)
            {
                _tlb.Rearm(_d.Checker.AgentId, Assert.NotNull(_d.SetPerm(1, 0)));
            }

            copied.Add(Load(1, P + (8 * (ulong)beat)));
        }

        Assert.Equal([.. Enumerable.Repeat(Data, 8), .. Enumerable.Repeat(0UL, 12)], copied);
    }

    [Fact]
    public void M16_a_store_conditional_on_a_read_only_page_faults_or_is_dropped_as_if_done()
    {
        _d.NapotSlot(1, P, 0x1000, 4);
        _tlb.UseContexts(1, 1);
        Assert.Equal(TlbOutcome.Ok, _tlb.LoadReserved(P, 8, out ulong value));
        Assert.Equal(TlbOutcome.Ok, _tlb.StoreConditional(P, 8, 1, out bool stored));
        Assert.Equal((Data, true, Data), (value, stored, _d.Memory(P)));
        _d.SetCfg(1, 0x203);
        Assert.Equal(TlbOutcome.Ok, _tlb.LoadReserved(P, 8, out _));
        Assert.Equal(TlbOutcome.BusError, _tlb.StoreConditional(P, 8, 1, out _));
        Assert.Equal(TlbOutcome.BusError, _tlb.ReadModifyWrite(P, 8, AtomicOperation.Swap, 1, out _));
        Assert.Equal(Data, _d.Memory(P));
    }

    private ulong Load(int world, ulong address = P)
    {
        _tlb.UseContexts(world, world);
        if (!_tlb.TryRead(address, out ulong value))
        {
            Assert.Equal(TlbOutcome.Ok, _tlb.Read(address, 8, out value));
        }

        return value;
    }

    private sealed class Walker : IPageWalker
    {
        public ulong Denied { get; set; } = ulong.MaxValue;

        public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
        {
            walk = new PageWalk { PhysicalAddress = virtualAddress, Granted = AccessKinds.All, Log2Size = 12, Homogeneous = true, Attributes = World(context) };
            return virtualAddress == Denied ? PmpDenies : 0;
        }
    }
}
