using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>Cases AT1..AT5, and DM1..DM4 as far as they need no engine, of softtlb.md section 6.7.</summary>
public sealed class AtomicTests
{
    [Theory]
    [InlineData(AtomicOperation.Swap, 5UL, 3UL, 3UL)]
    [InlineData(AtomicOperation.Add, 5UL, 0xFFFF_FFFFUL, 4UL)]
    [InlineData(AtomicOperation.Xor, 5UL, 3UL, 6UL)]
    [InlineData(AtomicOperation.And, 5UL, 3UL, 1UL)]
    [InlineData(AtomicOperation.Or, 5UL, 3UL, 7UL)]
    [InlineData(AtomicOperation.Min, 5UL, 0xFFFF_FFFFUL, 0xFFFF_FFFFUL)]
    [InlineData(AtomicOperation.Max, 5UL, 0xFFFF_FFFFUL, 5UL)]
    [InlineData(AtomicOperation.MinUnsigned, 5UL, 0xFFFF_FFFFUL, 5UL)]
    [InlineData(AtomicOperation.MaxUnsigned, 5UL, 0xFFFF_FFFFUL, 0xFFFF_FFFFUL)]
    public void AT1_an_atomic_is_one_host_atomic_after_one_walk(AtomicOperation operation, ulong memory, ulong operand, ulong expected)
    {
        using var machine = new Machine();
        machine.Poke(0x1000, memory | 0xAAAA_AAAA_0000_0000);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 4, operation, operand, out ulong old));
        Assert.Equal((memory, expected | 0xAAAA_AAAA_0000_0000), (old, machine.Peek(0x1000)));
        Assert.Equal(1UL, machine.Counters.Walks);
        ulong slow = machine.Counters.Slow;
        ulong sign = operation is AtomicOperation.Min or AtomicOperation.Max or AtomicOperation.Add ? ulong.MaxValue << 32 : 0;
        machine.Poke(0x1000, memory);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 8, operation, operand | (operand >> 31 == 1 ? sign : 0), out old));
        ulong wide = expected >> 31 == 1 ? expected | (operation == AtomicOperation.Min ? sign : 0) : expected;
        Assert.Equal((memory, wide), (old, machine.Peek(0x1000)));
        Assert.Equal(slow, machine.Counters.Slow);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void AT2_on_a_read_only_page_memory_stays_and_the_store_is_recorded(TlbStrategy strategy, AtomicPolicy policy)
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Strategy = strategy });
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Checker.Atomics = policy;
        machine.Poke(0x1000, 5);
        for (int i = 0; i < 3; i++)
        {
            machine.Checker.Sink.Log.Clear();
            Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out ulong old));
            Assert.Equal(policy == AtomicPolicy.Refuse ? 0UL : 5UL, old);
            RecordedAccess record = Assert.Single(machine.Checker.Sink.Log);
            Assert.Equal((AccessKind.Store, 0x1000UL, 8), (record.Kind, record.Offset, record.Size));
            Assert.Equal(5UL, machine.Peek(0x1000));
        }

        machine.Checker.Sink.Result = AccessResult.Error;
        Assert.Equal(TlbOutcome.BusError, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out ulong leaked));
        Assert.Equal(AccessKind.Store, machine.Tlb.Fault.Kind);
        Assert.True(policy != AtomicPolicy.Refuse || leaked == 0);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void AT3_on_a_write_only_page_the_load_is_recorded(TlbStrategy strategy, AtomicPolicy policy)
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Strategy = strategy });
        machine.Checker.Allow(AccessKinds.Store);
        machine.Checker.Atomics = policy;
        machine.Poke(0x1000, 5);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out ulong old));
        Assert.Equal(AccessKind.Load, Assert.Single(machine.Checker.Sink.Log).Kind);
        Assert.Equal((0UL, policy == AtomicPolicy.Refuse ? 5UL : 1UL), (old, machine.Peek(0x1000)));
    }

    [Fact]
    public void AT4_an_atomic_translates_both_kinds()
    {
        using var machine = new Machine();
        machine.Checker.Allow(AccessKinds.Load | AccessKinds.Store);
        machine.Tlb.Fetch(0x1000, 4, out _);
        Assert.Equal(KindState.Armed, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Swap, 1, out _);
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Load));
        Assert.Equal(KindState.Direct, machine.Tlb.StateOf(0, 0x1000, AccessKind.Store));
    }

    [Fact]
    public void AT5_ping_pong_fills_twice_for_an_atomic_on_a_read_only_page()
    {
        using var machine = new Machine(configuration: new TlbConfiguration { Strategy = TlbStrategy.PingPong });
        machine.Checker.Allow(AccessKinds.Reads);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Swap, 1, out _));
        Assert.Equal(2UL, machine.Counters.Walks);
        Assert.Equal(AccessKind.Store, Assert.Single(machine.Checker.Sink.Log).Kind);
    }

    [Fact]
    public void An_atomic_that_crosses_a_refused_granule_leaves_the_other_granule_alone()
    {
        using var machine = new Machine(granule: 4);
        machine.Checker.Allow(0, 0x1004, AccessKinds.Reads);
        machine.Poke(0x1000, ulong.MaxValue);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Swap, 0, out ulong old));
        Assert.Equal((0UL, ulong.MaxValue), (old, machine.Peek(0x1000)));
        RecordedAccess record = Assert.Single(machine.Checker.Sink.Log);
        Assert.Equal((0x1004UL, 4, AccessKind.Store), (record.Offset, record.Size, record.Kind));
    }

    [Fact]
    public void Devices_have_no_atomics()
    {
        using var machine = new Machine();
        Assert.Equal(TlbOutcome.BusError, machine.Tlb.ReadModifyWrite(Machine.DeviceBase, 8, AtomicOperation.Add, 1, out _));
        Assert.Equal((AccessResult.AccessError, AccessKind.Store), (machine.Tlb.Fault.Result, machine.Tlb.Fault.Kind));
        Assert.Empty(machine.Device.Log);
    }

    [Fact]
    public void A_fault_of_an_atomic_is_that_of_a_store()
    {
        using var machine = new Machine();
        machine.Walker.Map(0, 0x1000, new TestPage(0x1000, AccessKinds.Store));
        Assert.Equal(TlbOutcome.WalkFault, machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out _));
        Assert.Equal(AccessKind.Store, machine.Tlb.Fault.Kind);
    }

    [Fact]
    public void A_store_conditional_needs_its_reservation_and_the_value_it_saw()
    {
        using var machine = new Machine();
        machine.Tlb.StoreConditional(0x1000, 8, 1, out bool stored);
        Assert.False(stored);
        machine.Tlb.LoadReserved(0x1000, 8, out _);
        machine.Store(0x1000, 9);
        machine.Tlb.StoreConditional(0x1000, 8, 1, out stored);
        Assert.False(stored);
        machine.Tlb.LoadReserved(0x1000, 8, out ulong seen);
        machine.Tlb.StoreConditional(0x1008, 8, 1, out stored);
        Assert.Equal((9UL, false), (seen, stored));
        machine.Tlb.LoadReserved(0x1000, 4, out _);
        machine.Tlb.StoreConditional(0x1000, 4, 1, out stored);
        Assert.True(stored);
        Assert.Equal(1UL, machine.Peek(0x1000));
    }

    [Fact]
    public void A_store_conditional_refused_by_the_checker_is_the_sinks()
    {
        using var machine = new Machine();
        machine.Checker.Allow(AccessKinds.Reads);
        machine.Poke(0x1000, 5);
        machine.Tlb.LoadReserved(0x1000, 8, out _);
        Assert.Equal(TlbOutcome.Ok, machine.Tlb.StoreConditional(0x1000, 8, 9, out _));
        Assert.Equal((AccessKind.Store, 9UL), (Assert.Single(machine.Checker.Sink.Log).Kind, machine.Checker.Sink.Log[0].Value));
        Assert.Equal(5UL, machine.Peek(0x1000));
        machine.Checker.Sink.Result = AccessResult.Error;
        machine.Tlb.LoadReserved(0x1000, 8, out _);
        Assert.Equal(TlbOutcome.BusError, machine.Tlb.StoreConditional(0x1000, 8, 9, out _));
    }

    [Fact]
    public void Atomics_mark_clean_pages_dirty()
    {
        using var machine = new Machine();
        machine.Ram.Dirty = new DirtyMap(machine.Memory.Size, DirtyClients.Migration);
        machine.Ram.Dirty.Clean(0, machine.Memory.Size, DirtyClients.All);
        machine.Tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out _);
        machine.Tlb.LoadReserved(0x2000, 8, out _);
        machine.Tlb.StoreConditional(0x2000, 8, 1, out bool stored);
        Assert.True(stored);
        Assert.False(machine.Ram.Dirty.IsClean(0x1000));
        Assert.False(machine.Ram.Dirty.IsClean(0x2000));
        Assert.True(machine.Ram.Dirty.IsClean(0x3000));
    }

    [Fact]
    public void Atomics_of_two_initiators_lose_nothing()
    {
        using var machine = new Machine();
        using SoftTlb other = machine.NewTlb(1, machine.Configuration);
        Parallel.ForEach([machine.Tlb, other], tlb =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                Assert.Equal(TlbOutcome.Ok, tlb.ReadModifyWrite(0x1000, 8, AtomicOperation.Add, 1, out _));
                bool stored = false;
                while (!stored)
                {
                    tlb.LoadReserved(0x1008, 8, out ulong value);
                    tlb.StoreConditional(0x1008, 8, value + 1, out stored);
                }
            }
        });
        Assert.Equal((40_000UL, 40_000UL), (machine.Peek(0x1000), machine.Peek(0x1008)));
    }

    [Fact]
    public void DM3_initiators_of_different_worlds_get_their_own_answers()
    {
        using var machine = new Machine();
        var walker = new TestWalker();
        walker.Worlds[0] = 1;
        using var dma = new SoftTlb(new TestInitiator(1), machine.Space, walker, machine.Configuration);
        machine.Checker.Allow(1, 0x1000, AccessKinds.None);
        machine.Poke(0x1000, 5);
        dma.Read(0x1000, 8, out ulong refused);
        Assert.Equal((5UL, 0UL), (machine.Load(0x1000), refused));
    }

    [Fact]
    public void DM4_a_burst_inside_one_block_translates_once()
    {
        using var machine = new Machine(granule: 0x20_0000);
        Assert.Equal(AccessResult.Ok, machine.Space.Read(
            new TestInitiator(1), 0x1000, new byte[0x4000], AccessKind.Load, TransactionAttributes.Specified));
        Assert.Equal(1, machine.Checker.Calls);
    }

    public static TheoryData<TlbStrategy, AtomicPolicy> Policies()
    {
        var all = new TheoryData<TlbStrategy, AtomicPolicy>();
        foreach (TlbStrategy strategy in new[] { TlbStrategy.Deferred, TlbStrategy.DeferredSingleSlot, TlbStrategy.PingPong, TlbStrategy.AllMmio })
        {
            all.Add(strategy, AtomicPolicy.Refuse);
            all.Add(strategy, AtomicPolicy.LoadThenStore);
        }

        return all;
    }
}
