using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Iommu.Tests.Support;

/// <summary>An IOMMU with memory, running queues and helpers that build its tables.</summary>
internal sealed class IommuBench
{
    /// <summary>Everything that can be combined, both byte orders, both interrupt kinds.</summary>
    public const ulong All = 0xdf8e74e8e10 | 1UL << 8 | 1UL << 16 | 1UL << 21 | 1UL << 23 | 1UL << 27;

    public const ulong BaseFormat = All & ~(7UL << 21);

    // Permission bits of page-table entries.
    public const ulong V = 1;
    public const ulong R = 2;
    public const ulong W = 4;
    public const ulong X = 8;
    public const ulong U = 16;
    public const ulong G = 32;
    public const ulong A = 64;
    public const ulong D = 128;
    public const ulong N = 1UL << 63;
    public const ulong Rw = V | R | W | U | A | D;
    public const ulong Rwx = Rw | X;

    private ulong _next = 0x8000_0000;

    public IommuBench(ulong capabilities = All, uint fctl = 0, bool gxlWritable = false, int levels = 3, Func<IommuConfiguration, IommuConfiguration>? change = null)
    {
        var configuration = new IommuConfiguration
        {
            Capabilities = new IommuCapabilities(capabilities),
            FeatureControlReset = fctl,
            GuestXlenWritable = gxlWritable,
        };
        Iommu = new RiscvIommu(change?.Invoke(configuration) ?? configuration, Memory, Port);
        CommandQueue = Pages();
        FaultQueue = Pages();
        PageQueue = Pages();
        Root = Pages();
        Levels = levels;
        Set(24, 8, (CommandQueue >> 2) | 4);
        Set(72, 4, 3);
        Set(40, 8, (FaultQueue >> 2) | 4);
        Set(76, 4, 3);
        if ((capabilities >> 25 & 1) != 0)
        {
            Set(56, 8, (PageQueue >> 2) | 4);
            Set(80, 4, 3);
        }

        Set(16, 8, (Root >> 2) + (uint)levels + 1);
    }

    public TestMemory Memory { get; } = new();

    public TestPort Port { get; } = new();

    public RiscvIommu Iommu { get; }

    public ulong CommandQueue { get; }

    public ulong FaultQueue { get; }

    public ulong PageQueue { get; }

    public ulong Root { get; }

    public int Levels { get; set; }

    public bool BigEndian => (Get(8, 4) & 1) != 0;

    public bool Extended => (Get(0, 8) >> 22 & 1) != 0;

    public ulong CommandHead => Get(32, 4);

    public ulong CommandControl => Get(72, 4);

    public ulong FaultTail => Get(52, 4);

    public ulong Pending => Get(84, 4);

    public ulong Pages(int count = 1)
    {
        ulong bytes = (ulong)count * 4096;
        _next = (_next + bytes - 1) & ~(bytes - 1);
        ulong page = _next;
        _next += bytes;
        return page;
    }

    public ulong Get(ulong offset, int size) => Iommu.ReadRegister(offset, size);

    public void Set(ulong offset, int size, ulong value) => Iommu.WriteRegister(offset, size, value);

    /// <summary>Puts a word where the IOMMU reads one in its byte order.</summary>
    public void Put(ulong address, ulong value, bool? bigEndian = null) =>
        Memory[address] = bigEndian ?? BigEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    public ulong Peek(ulong address, bool? bigEndian = null) =>
        bigEndian ?? BigEndian ? BinaryPrimitives.ReverseEndianness(Memory[address]) : Memory[address];

    /// <summary>Address of a device's context; makes the directory pages on the way.</summary>
    public ulong PlaceOf(uint device)
    {
        int lowest = Extended ? 6 : 7;
        ulong table = Root;
        for (int level = Levels - 1; level > 0; level--)
        {
            ulong entry = table + (8 * ((ulong)(device >> (lowest + (9 * (level - 1)))) & 0x1FF));
            if (Memory[entry] == 0)
            {
                Put(entry, (Pages() >> 2) | 1);
            }

            table = (Peek(entry) & ~0x3FFUL) << 2;
        }

        return table + ((device & ((1U << lowest) - 1)) * (Extended ? 64UL : 32));
    }

    public ulong Device(uint device, Dc context)
    {
        ulong place = PlaceOf(device);
        ulong[] words = context.Words;
        for (int index = 0; index < (Extended ? 8 : 4); index++)
        {
            Put(place + (8 * (ulong)index), words[index]);
        }

        return place;
    }

    /// <summary>Maps a page; makes tables on the way. Returns the address of the leaf entry.</summary>
    /// <param name="reach">Turns the address in a pointer into the address of the table: for tables behind a second stage.</param>
    public ulong Map(
        ulong root, int mode, ulong address, ulong target, ulong flags, int level = 0, bool second = false, bool? bigEndian = null,
        Func<ulong>? allocate = null, Func<ulong, ulong>? reach = null)
    {
        int levels = mode - 5;
        ulong table = root;
        for (int at = levels - 1; ; at--)
        {
            ulong width = second && at == levels - 1 ? 11UL : 9;
            ulong index = (address >> (12 + (9 * at))) & ((1UL << (int)width) - 1);
            ulong entry = (reach?.Invoke(table) ?? table) + (8 * index);
            if (at == level)
            {
                Put(entry, (target >> 12 << 10) | flags, bigEndian);
                return entry;
            }

            if (Memory[entry] == 0)
            {
                Put(entry, ((allocate?.Invoke() ?? Pages()) >> 12 << 10) | V, bigEndian);
            }

            table = (Peek(entry, bigEndian) >> 10 & ((1UL << 44) - 1)) << 12;
        }
    }

    public IommuResponse Load(uint device, ulong iova) => Iommu.Translate(new IommuRequest(device, iova, AccessKind.Load));

    public IommuResponse Store(uint device, ulong iova) => Iommu.Translate(new IommuRequest(device, iova, AccessKind.Store));

    public IommuResponse Fetch(uint device, ulong iova) => Iommu.Translate(new IommuRequest(device, iova, AccessKind.Fetch));

    public IommuResponse Process(uint device, uint process, ulong iova, AccessKind kind = AccessKind.Load, bool supervisor = false) =>
        Iommu.Translate(new IommuRequest(device, iova, kind) { HasProcessId = true, ProcessId = process, Supervisor = supervisor });

    public IommuResponse Ask(uint device, ulong iova, bool noWrite = false, uint? process = null, bool execute = false, bool supervisor = false) =>
        Iommu.Translate(new IommuRequest(device, iova, execute ? AccessKind.Fetch : AccessKind.Load)
        {
            AddressType = IommuAddressType.TranslationRequest,
            NoWrite = noWrite,
            HasProcessId = process.HasValue,
            ProcessId = process ?? 0,
            Supervisor = supervisor,
        });

    public IommuResponse Translated(uint device, ulong address, AccessKind kind = AccessKind.Load, uint? process = null) =>
        Iommu.Translate(new IommuRequest(device, address, kind)
        {
            AddressType = IommuAddressType.Translated,
            HasProcessId = process.HasValue,
            ProcessId = process ?? 0,
        });

    /// <summary>Puts a command into the queue and lets it run.</summary>
    public void Command(ulong word0, ulong word1 = 0)
    {
        ulong tail = Get(36, 4);
        Put(CommandQueue + (16 * tail), word0);
        Put(CommandQueue + (16 * tail) + 8, word1);
        Set(36, 4, (tail + 1) & 31);
    }

    /// <summary>A word of a fault record.</summary>
    public ulong Record(int index, int word) => Peek(FaultQueue + (32 * (ulong)index) + (8 * (ulong)word));

    public IommuFaultCause LastCause => (IommuFaultCause)(Record((int)FaultTail - 1, 0) & 0xFFF);
}
