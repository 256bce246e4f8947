using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>Cases B1..B17 of worldguard.md section 10.4 at the checker: a bus error stands for the trap it causes.</summary>
public sealed class WorldGuardBlockedTests : IDisposable
{
    private const ulong P = WorldGuardBench.P;

    private readonly WorldGuardBench _d = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void B1_refused_loads_stores_and_fetches_can_be_bus_errors()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x300);
        Assert.Equal(AccessResult.Error, _d.Load(1, P + 8).Result);
        Assert.Equal(AccessResult.Error, _d.Store(1, P + 8, 1));
        Assert.Equal(AccessResult.Error, _d.Load(1, P, 4, AccessKind.Fetch).Result);
        Assert.Equal([P + 8, P + 8, P], _d.Recorder.Reports.Select(report => report.PhysicalAddress));
    }

    [Fact]
    public void B2_a_silently_refused_fetch_reads_zero()
    {
        _d.NapotSlot(1, P, 0x1000, 0);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(1, P, 4, AccessKind.Fetch));
    }

    [Fact]
    public void B3_a_refused_load_is_recorded_and_interrupts()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(1, P + 8));
        Assert.Equal([0x8000_0000_0000_0101UL, 0x2000_4002UL], [_d.Get(0x10), _d.Get(0x18)]);
        Assert.True(_d.Checker.InterruptLine);
    }

    [Fact]
    public void B4_bus_error_and_interrupt_together()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x500);
        Assert.Equal(AccessResult.Error, _d.Load(1, P).Result);
        Assert.Equal(0xC000_0000_0000_0101UL, _d.Get(0x10));
        Assert.True(_d.Checker.InterruptLine);
    }

    [Fact]
    public void B5_B6_a_recorded_bus_error_holds_back_later_interrupts()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x200);
        Assert.Equal(AccessResult.Error, _d.Store(2, P, 1));
        Assert.Equal(0x4000_0000_0000_0202UL, _d.Get(0x10));
        Assert.False(_d.Checker.InterruptLine);
        _d.SetCfg(1, 0x603);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(1, P));
        Assert.Equal(0x4000_0000_0000_0202UL, _d.Get(0x10));
        Assert.False(_d.Checker.InterruptLine);
    }

    [Fact]
    public void B7_the_first_violation_wins()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        _d.Load(1, P + 8);
        _d.Load(2, P + 0x10);
        Assert.Equal([0x8000_0000_0000_0101UL, 0x2000_4002UL], [_d.Get(0x10), _d.Get(0x18)]);
        Assert.Equal((2L, 1L), (_d.Checker.Statistics.Refusals, _d.Checker.Statistics.Records));
    }

    [Fact]
    public void B8_clearing_the_high_half_arms_the_record_again()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        _d.Load(1, P + 8);
        _d.Set(0x14, 0, 4);
        Assert.False(_d.Checker.InterruptLine);
        Assert.Equal(0x101UL, _d.Get(0x10));
        _d.Load(2, P + 0x10);
        Assert.Equal([0x8000_0000_0000_0102UL, 0x2000_4004UL], [_d.Get(0x10), _d.Get(0x18)]);
    }

    [Fact]
    public void B9_the_line_is_exactly_the_pending_bit()
    {
        Assert.Null(_d.Set(0x10, ulong.MaxValue));
        Assert.Equal(0xC000_0000_0000_03FFUL, _d.Get(0x10));
        Assert.True(_d.Checker.InterruptLine);
        _d.Set(0x10, 0);
        Assert.False(_d.Checker.InterruptLine);
    }

    [Fact]
    public void B10_silent_refusals_are_reported_but_not_recorded()
    {
        _d.NapotSlot(1, P, 0x1000, 0);
        _d.Load(1, P);
        _d.Store(1, P, 1);
        Assert.Equal([0UL, 0UL], [_d.Get(0x10), _d.Get(0x18)]);
        Assert.Equal((2L, 0L), (_d.Checker.Statistics.Refusals, _d.Checker.Statistics.Records));
    }

    [Fact]
    public void B11_a_refused_access_does_not_reach_the_device()
    {
        var device = new PoppingDevice();
        using var bench = new WorldGuardBench(new WorldGuardCheckerOptions("UC", 9, 1, WorldGuardConfiguration.Virt), 0x1000_0000, 0x100, device);
        Assert.Equal([0UL, 0x42UL, 0UL], [bench.Read(0, 0x1000_0000, 1), bench.Read(3, 0x1000_0000, 1), bench.Read(3, 0x1000_0000, 1)]);
        Assert.Equal(0xFFFUL, bench.Port.Translate(0, AccessKind.Load, 0).Mask);
    }

    [Fact]
    public void B12_every_refusal_after_a_clear_is_an_edge()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        for (int round = 0; round < 1000; round++)
        {
            _d.Load(1, P);
            _d.Set(0x10, 0);
        }

        Assert.Equal(1000, _d.Edges);
    }

    [Fact]
    public void B13_a_record_is_never_a_mix_of_two_accesses()
    {
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        var loaders = new Thread[2];
        for (int wid = 1; wid <= 2; wid++)
        {
            int own = wid;
            loaders[wid - 1] = new Thread(() =>
            {
                for (int round = 0; round < 10_000; round++)
                {
                    _d.Load(own, P + (8 * (ulong)own));
                }
            });
        }

        Array.ForEach(loaders, thread => thread.Start());
        Array.ForEach(loaders, thread => thread.Join());
        Assert.Equal(20_000, _d.Recorder.Reports.Count);
        Assert.All(_d.Recorder.Reports, report => Assert.Equal(P + (8 * (ulong)report.Attributes.WorldId), report.PhysicalAddress));
        Assert.Equal((P + (8 * (_d.Get(0x10) & 0xFF))) >> 2, _d.Get(0x18));
    }

    [Fact]
    public void B15_B16_a_marked_engine_gets_zeros_or_a_bus_error()
    {
        TransactionAttributes marked = WorldGuardBench.World(1);
        _d.NapotSlot(1, P, 0x1000, 0, 0x400);
        var buffer = new byte[64];
        Assert.Equal(AccessResult.Ok, _d.Space.Read(NoInitiator.Instance, P, buffer, AccessKind.Load, marked));
        Assert.Equal(new byte[64], buffer);
        Assert.Equal(0x8000_0000_0000_0101UL, _d.Get(0x10));
        _d.Set(0x10, 0);
        _d.SetCfg(1, 0x103);
        Assert.Equal(AccessResult.Error, _d.Space.Read(NoInitiator.Instance, P, buffer, AccessKind.Load, marked));
        Assert.Equal(1UL << 62, _d.Get(0x10) & (1UL << 62));
    }

    [Fact]
    public void B17_a_refused_page_table_read_is_zero_or_a_bus_error()
    {
        _d.NapotSlot(1, P, 0x1000, 0);
        Assert.Equal((AccessResult.Ok, 0UL), _d.Load(1, P));
        _d.SetCfg(1, 0x103);
        Assert.Equal(AccessResult.Error, _d.Load(1, P).Result);
    }

    private sealed class PoppingDevice : IBusDevice
    {
        private ulong _received = 0x42;

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = _received;
            _received = 0;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value) => AccessResult.Ok;
    }
}
