using Soc.Memory;
using Soc.Memory.Tests.Support;

namespace Soc.Tlb.Tests.Support;

/// <summary>RAM at 0 (4 MiB), a device at 0x1000_0000, and a stack of checkers in front of both; checker 0 is met first.</summary>
public sealed class Machine : IDisposable
{
    public const ulong DeviceBase = 0x1000_0000;

    private readonly List<SoftTlb> _tlbs = [];
    private readonly GuestMemory _memory = new(0x40_0000);

    public Machine(int depth = 1, ulong granule = 4096, TlbConfiguration? configuration = null)
    {
        Ram = new RamRegion("ram", _memory);
        Leaves = new ContainerRegion("leaves");
        Leaves.Add(0, Ram);
        Leaves.Add(DeviceBase, new MmioRegion("device", 0x1_0000, Device));
        Space = Tree.CreateSpace("leaves", Leaves);
        for (int level = depth; level >= 1; level--)
        {
            var filter = new Filter(Tree, $"checker{level - 1}", level, Space, AccessKinds.All, granule);
            Checkers.Insert(0, filter);
            Space = Tree.CreateSpace($"before checker{level - 1}", filter);
        }

        Configuration = configuration ?? new TlbConfiguration();
        Tlb = NewTlb(0, Configuration);
    }

    public MemoryTree Tree { get; } = new();

    public RamRegion Ram { get; }

    public GuestMemory Memory => _memory;

    public ContainerRegion Leaves { get; }

    public RecordingDevice Device { get; } = new();

    public List<Filter> Checkers { get; } = [];

    public Filter Checker => Checkers[0];

    public AddressSpace Space { get; }

    public TestWalker Walker { get; } = new();

    public TlbConfiguration Configuration { get; }

    public SoftTlb Tlb { get; }

    public TlbStatistics Counters => Tlb.Statistics;

    public SoftTlb NewTlb(int initiator, TlbConfiguration configuration)
    {
        var tlb = new SoftTlb(new TestInitiator(initiator), Space, Walker, configuration);
        _tlbs.Add(tlb);
        return tlb;
    }

    /// <summary>A load as an initiator makes it: fast path, then slow path.</summary>
    public ulong Load(ulong address, int size = 8)
    {
        Assert.Equal(TlbOutcome.Ok, TryLoad(address, size, out ulong value));
        return value;
    }

    public TlbOutcome TryLoad(ulong address, int size, out ulong value) => Load(Tlb, address, size, out value);

    public static TlbOutcome Load(SoftTlb tlb, ulong address, int size, out ulong value)
    {
        switch (size)
        {
            case 1 when tlb.TryRead(address, out byte b):
                value = b;
                return TlbOutcome.Ok;
            case 2 when tlb.TryRead(address, out ushort h):
                value = h;
                return TlbOutcome.Ok;
            case 4 when tlb.TryRead(address, out uint w):
                value = w;
                return TlbOutcome.Ok;
            case 8 when tlb.TryRead(address, out ulong d):
                value = d;
                return TlbOutcome.Ok;
            default:
                return tlb.Read(address, size, out value);
        }
    }

    public void Store(ulong address, ulong value, int size = 8) => Assert.Equal(TlbOutcome.Ok, TryStore(address, value, size));

    public TlbOutcome TryStore(ulong address, ulong value, int size) => Store(Tlb, address, value, size);

    public static TlbOutcome Store(SoftTlb tlb, ulong address, ulong value, int size) => size switch
    {
        1 when tlb.TryWrite(address, (byte)value) => TlbOutcome.Ok,
        2 when tlb.TryWrite(address, (ushort)value) => TlbOutcome.Ok,
        4 when tlb.TryWrite(address, (uint)value) => TlbOutcome.Ok,
        8 when tlb.TryWrite(address, value) => TlbOutcome.Ok,
        _ => tlb.Write(address, size, value),
    };

    /// <summary>An instruction fetch: the page if it is plain memory, else the instruction.</summary>
    public static TlbOutcome Fetch(SoftTlb tlb, ulong address, int size, out ulong value)
    {
        value = 0;
        if ((address & 0xfff) + (ulong)size <= 0x1000)
        {
            TlbOutcome outcome = tlb.FetchPage(address, out nint page);
            if (outcome != TlbOutcome.Ok)
            {
                return outcome;
            }

            if (page != 0)
            {
                for (int i = 0; i < size; i++)
                {
                    value |= (ulong)System.Runtime.InteropServices.Marshal.ReadByte(page + (nint)(address & 0xfff) + i) << (8 * i);
                }

                return TlbOutcome.Ok;
            }
        }

        return tlb.Fetch(address, size, out value);
    }

    /// <summary>What memory holds, whatever checkers say.</summary>
    public ulong Peek(ulong offset, int size = 8)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        _memory.Read(offset, bytes[..size]);
        return BitConverter.ToUInt64(bytes);
    }

    public void Poke(ulong offset, ulong value) => _memory.Write(offset, BitConverter.GetBytes(value));

    /// <summary>Commits are published already; this is the message that follows them, if the initiator registered.</summary>
    public void Invalidate(Filter checker, InvalidationScope scope) => Invalidate(Tlb, 0, checker, scope);

    public static void Invalidate(SoftTlb tlb, int initiator, Filter checker, InvalidationScope scope)
    {
        List<int> recipients = [];
        checker.Registry.Recipients(scope.Indexes, recipients);
        if (recipients.Contains(initiator))
        {
            tlb.Invalidate(checker.Owner, scope);
        }
    }

    public void Dispose()
    {
        foreach (SoftTlb tlb in _tlbs)
        {
            tlb.Dispose();
        }

        _memory.Dispose();
    }
}
