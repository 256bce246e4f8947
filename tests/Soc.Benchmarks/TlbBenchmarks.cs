using BenchmarkDotNet.Attributes;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Benchmarks;

/// <summary>Nanoseconds per hit, miss, lazy translation, re-arm and flush of the software TLB, per strategy (one checker, identity page table).</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class TlbBenchmarks : IDisposable
{
    private const int Batch = 1024;
    private const int Pages = 64;
    private const ulong AllowedPage = 0x1000;
    private const ulong ReadOnlyPage = 0x20_0000;
    private const ulong DevicePage = 0x1000_0000;

    private readonly GuestMemory _memory = new(0x40_0000);
    private SoftTlb? _tlb;

    /// <summary>How the checker lives in the TLB.</summary>
    [Params(
        TlbStrategy.Deferred, TlbStrategy.DeferredSingleSlot, TlbStrategy.PingPong, TlbStrategy.Eager, TlbStrategy.EagerSinks, TlbStrategy.AllMmio)]
    public TlbStrategy Strategy { get; set; }

    /// <summary>Whether answers are compared with their snapshots at every use.</summary>
    [Params(false, true)]
    public bool Strict { get; set; }

    private SoftTlb Tlb => _tlb!;

    /// <summary>Builds the machine.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var tree = new MemoryTree();
        var leaves = new ContainerRegion("leaves");
        leaves.Add(0, new RamRegion("ram", _memory));
        leaves.Add(DevicePage, new MmioRegion("device", 0x1000, new Register()));
        AddressSpace downstream = tree.CreateSpace("downstream", leaves);
        AddressSpace sink = tree.CreateSpace("sink", new MmioRegion("blocked", 0, new Sink()));
        AddressSpace front = tree.CreateSpace("front", new Checker(downstream, sink));
        _tlb = new SoftTlb(NoInitiatorZero.Instance, front, new Identity(), new TlbConfiguration { Strategy = Strategy, Strict = Strict });
        Load(AllowedPage);
        Load(ReadOnlyPage);
    }

    /// <summary>Frees the machine.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _tlb?.Dispose();
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A load of a translated page.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong HitLoad()
    {
        ulong sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += Load(AllowedPage + ((ulong)(i & 0xff) << 3));
        }

        return sum;
    }

    /// <summary>A store to a translated page.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public void HitStore()
    {
        for (int i = 0; i < Batch; i++)
        {
            Store(AllowedPage + ((ulong)(i & 0xff) << 3), (ulong)i);
        }
    }

    /// <summary>A load that crosses two translated pages.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong CrossingLoad()
    {
        ulong sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += Load(AllowedPage + 0xffc);
        }

        return sum;
    }

    /// <summary>An atomic add on a translated page.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public void Atomic()
    {
        for (int i = 0; i < Batch; i++)
        {
            Tlb.ReadModifyWrite(AllowedPage, 8, AtomicOperation.Add, 1, out _);
        }
    }

    /// <summary>Alternating load and store of a page on which stores are refused: two accesses.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public void LoadAndRefusedStore()
    {
        for (int i = 0; i < Batch; i++)
        {
            Load(ReadOnlyPage);
            Store(ReadOnlyPage, (ulong)i);
        }
    }

    /// <summary>A load from a device behind the checker.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong Device()
    {
        ulong sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += Load(DevicePage);
        }

        return sum;
    }

    /// <summary>Two pages that share a slot: a swap with the victim table, or a walk where that is impossible.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong Conflict()
    {
        ulong sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            sum += Load(AllowedPage + ((ulong)(i & 1) << 20));
        }

        return sum;
    }

    /// <summary>A page flush, then a load: walk, fill and translation.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong Miss()
    {
        ulong sum = 0;
        for (int i = 0; i < Batch; i++)
        {
            Tlb.FlushPage(AllowedPage);
            sum += Load(AllowedPage);
        }

        return sum;
    }

    /// <summary>A re-arm of one page, then a load: translation without a walk.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public ulong RearmAndTranslate()
    {
        ulong sum = 0;
        var scope = new InvalidationScope(AllowedPage, AllowedPage + 0xfff, ulong.MaxValue, AccessKinds.All);
        for (int i = 0; i < Batch; i++)
        {
            Tlb.Rearm(1, scope);
            sum += Load(AllowedPage);
        }

        return sum;
    }

    /// <summary>A re-arm of everything, then a load of each of 64 pages; per page.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public ulong RearmAll()
    {
        Tlb.Rearm(1, InvalidationScope.Everything);
        return Touch();
    }

    /// <summary>A flush of everything, then a load of each of 64 pages; per page.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public ulong FlushAll()
    {
        Tlb.Flush();
        return Touch();
    }

    private ulong Touch()
    {
        ulong sum = 0;
        for (int i = 0; i < Pages; i++)
        {
            sum += Load(AllowedPage + ((ulong)i << 12));
        }

        return sum;
    }

    private ulong Load(ulong address)
    {
        if (!Tlb.TryRead(address, out ulong value))
        {
            Tlb.Read(address, 8, out value);
        }

        return value;
    }

    private void Store(ulong address, ulong value)
    {
        if (!Tlb.TryWrite(address, value))
        {
            Tlb.Write(address, 8, value);
        }
    }

    private sealed class NoInitiatorZero : IInitiator
    {
        public static NoInitiatorZero Instance { get; } = new();

        public int InitiatorId => 0;

        public string Name => "benchmark";

        public ulong Now => 0;
    }

    private sealed class Identity : IPageWalker
    {
        public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
        {
            walk = new PageWalk
            {
                PhysicalAddress = virtualAddress,
                Granted = AccessKinds.All,
                Log2Size = 12,
                Homogeneous = true,
                Attributes = TransactionAttributes.Specified,
                Reads = 3,
            };
            return 0;
        }
    }

    private sealed class Checker(AddressSpace downstream, AddressSpace sink) : IommuRegion("checker", 0, 1)
    {
        public override int IndexCount => 1;

        public override InvalidationRegistry Registry { get; } = new();

        public override object Snapshot => this;

        public override int IndexOf(TransactionAttributes attributes) => 0;

        public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
        {
            AccessKinds allowed = offset is >= ReadOnlyPage and < ReadOnlyPage + 0x1000 ? AccessKinds.Reads : AccessKinds.All;
            return allowed.Includes(kind) ? new(downstream, offset, 0xfff, allowed) : new(sink, offset, 0xfff, AccessKinds.All & ~allowed);
        }
    }

    private class Register : IBusDevice
    {
        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = access.Offset;
            return AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value) => AccessResult.Ok;
    }

    private sealed class Sink : Register, IBlockedSink;
}
