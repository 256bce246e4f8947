using Soc.Memory;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>No access allocates: not on the fast path, not on the slow one, not when it translates, faults or is refused.</summary>
public sealed class AllocationTests
{
    public static TheoryData<TlbStrategy, bool> Strategies()
    {
        var all = new TheoryData<TlbStrategy, bool>();
        foreach (TlbStrategy strategy in Enum.GetValues<TlbStrategy>())
        {
            all.Add(strategy, false);
            all.Add(strategy, true);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Nothing_is_allocated_after_the_tables_are_there(TlbStrategy strategy, bool strict)
    {
        using var machine = new Machine(depth: 2, configuration: new TlbConfiguration { Strategy = strategy, Strict = strict, Log2Entries = 3 });
        machine.Ram.Dirty = new DirtyMap(machine.Memory.Size, DirtyClients.All);
        machine.Checkers[1].Allow(0, 0x3000, AccessKinds.Reads);
        machine.Checkers[1].Allow(0, 0x4000, AccessKinds.None);
        machine.Checkers[1].Sink.Quiet = true;
        machine.Device.Quiet = true;
        machine.Walker.Map(0, 0x5000, new TestPage(0x5000, AccessKinds.None));
        machine.Walker.Map(0, 0x6000, new TestPage(0x7000_0000, AccessKinds.All));
        machine.Walker.Map(0, 0x7000, new TestPage(0x1000, AccessKinds.All) { Mixed = true });
        SoftTlb tlb = machine.Tlb;
        Mix(tlb, machine.Ram);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            Mix(tlb, machine.Ram);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Mix(SoftTlb tlb, RamRegion ram)
    {
        for (ulong page = 0x1000; page <= 0xF000; page += 0x1000)
        {
            if (!tlb.TryRead(page, out ulong _))
            {
                tlb.Read(page, 8, out _);
            }

            if (!tlb.TryWrite(page, 1UL))
            {
                tlb.Write(page, 8, 1);
            }

            tlb.Read(page + 0xffc, 8, out _);
            tlb.Write(page + 0xffc, 8, 1);
            tlb.FetchPage(page, out _);
            tlb.Fetch(page, 4, out _);
            tlb.ReadModifyWrite(page, 8, AtomicOperation.Add, 1, out _);
            tlb.LoadReserved(page, 8, out _);
            tlb.StoreConditional(page, 8, 1, out _);
            tlb.Probe(page, AccessKind.Load, out _);
        }

        tlb.Read(Machine.DeviceBase, 8, out _);
        tlb.Write(Machine.DeviceBase + 1, 8, 1);
        ram.Dirty!.Clean(0x1000, 0x1000, DirtyClients.Code);
        tlb.ResetDirty(ram, 0x1000, 0x1000);
        tlb.Rearm(2, new InvalidationScope(0x3000, 0x3fff, ulong.MaxValue, AccessKinds.All));
        tlb.FlushPage(0x1000);
        tlb.FlushRange(0x1000, 0x3000);
        tlb.PollViewChange();
    }
}
