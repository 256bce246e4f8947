using Soc.Devices.Virtio;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

/// <summary>A virtio device, RAM behind a checker at 0x8000_0000, and a driver that fills its queues by hand.</summary>
internal sealed class VirtioBench : IDisposable
{
    public const ulong Ram = 0x8000_0000;
    public const ulong Remote = 0x1000_0000;
    public const int QueueSize = 8;

    public const uint Next = 1, Write = 2, Indirect = 4;
    public const ulong IndirectFeature = 1UL << 28, EventIndexFeature = 1UL << 29, Version1 = 1UL << 32;

    private readonly GuestMemory _memory = new(0x100000);
    private readonly FakeInitiator _hart = new() { InitiatorId = 9 };
    private readonly ushort[] _available = new ushort[4];
    private readonly ushort[] _seen = new ushort[4];

    public VirtioBench(VirtioFunction function, VirtioConfiguration? configuration = null)
    {
        var tree = new MemoryTree();
        var behind = new ContainerRegion("behind");
        behind.Add(0, new RamRegion("ram", _memory));
        Checker = new FakeChecker(0x100000, tree.CreateSpace("downstream", behind), tree);
        var root = new ContainerRegion("bus");
        root.Add(Ram, Checker);
        root.Add(Remote, new RemoteRegion("remote", 0x1000, owner: 5));
        Device = new VirtioMmio(1, "virtio0", tree.CreateSpace("virtio", root), (configuration ?? new VirtioConfiguration()) with { QueueSize = QueueSize }, function, Line);
    }

    public FakeChecker Checker { get; }

    public VirtioMmio Device { get; }

    public FakeLine Line { get; } = new();

    public static ulong Descriptors(int queue) => Ram + 0x1000 + (0x1000 * (ulong)queue);

    public static ulong Available(int queue) => Descriptors(queue) + 0x400;

    public static ulong Used(int queue) => Descriptors(queue) + 0x800;

    public uint Get(ulong offset) => (uint)Access(offset, 4, AccessKind.Load, 0).Value;

    public void Set(ulong offset, uint value) => Assert.Equal(AccessResult.Ok, Access(offset, 4, AccessKind.Store, value).Result);

    public DeviceAnswer Access(ulong offset, int size, AccessKind kind, ulong value) =>
        Device.Access(new BusAccess(offset, size, kind, TransactionAttributes.Specified, offset, _hart), value);

    /// <summary>What a driver does from reset to DRIVER_OK (virtio 1.2 section 3.1.1).</summary>
    public void Start(ulong features = Version1)
    {
        Set(0x70, 0);
        Set(0x70, 1);
        Set(0x70, 3);
        Set(0x24, 0);
        Set(0x20, (uint)features);
        Set(0x24, 1);
        Set(0x20, (uint)(features >> 32));
        Set(0x70, 11);
        Assert.Equal(11u, Get(0x70));
        for (uint queue = 0; queue < Device.Function.QueueCount; queue++)
        {
            Set(0x30, queue);
            Assert.Equal((uint)QueueSize, Get(0x34));
            Set(0x38, QueueSize);
            Set(0x80, (uint)Descriptors((int)queue));
            Set(0x90, (uint)Available((int)queue));
            Set(0xA0, (uint)Used((int)queue));
            Set(0x44, 1);
            Assert.Equal(1u, Get(0x44));
        }

        Set(0x70, 15);
    }

    public void Describe(int queue, int index, ulong address, uint length, uint flags = 0, uint next = 0) =>
        DescribeAt(Descriptors(queue), index, address, length, flags, next);

    public void DescribeAt(ulong table, int index, ulong address, uint length, uint flags = 0, uint next = 0)
    {
        Poke(table + (16 * (ulong)index), BitConverter.GetBytes(address));
        Poke(table + (16 * (ulong)index) + 8, BitConverter.GetBytes(length | ((ulong)flags << 32) | ((ulong)next << 48)));
    }

    /// <summary>Puts a chain into the available ring, without telling the device.</summary>
    public void Offer(int queue, int head)
    {
        Poke(Available(queue) + 4 + (2 * (ulong)(_available[queue] % QueueSize)), BitConverter.GetBytes((ushort)head));
        _available[queue]++;
        Poke(Available(queue) + 2, BitConverter.GetBytes(_available[queue]));
    }

    public void Notify(int queue) => Set(0x50, (uint)queue);

    public void Run() => Assert.Equal(VirtioExit.Idle, Device.Run(ulong.MaxValue));

    /// <summary>The next element of the used ring; null when the device has given nothing back.</summary>
    public (uint Id, uint Length)? TakeUsed(int queue)
    {
        if (BitConverter.ToUInt16(Peek(Used(queue) + 2, 2)) == _seen[queue])
        {
            return null;
        }

        byte[] element = Peek(Used(queue) + 4 + (8 * (ulong)(_seen[queue] % QueueSize)), 8);
        _seen[queue]++;
        return (BitConverter.ToUInt32(element), BitConverter.ToUInt32(element, 4));
    }

    /// <summary>Offers one chain of a readable and a writable buffer, runs the device, and gives what it wrote.</summary>
    public byte[] Exchange(int queue, byte[] request, int room)
    {
        ulong buffer = Ram + 0x8000;
        Poke(buffer, request);
        int index = 0;
        if (request.Length > 0)
        {
            Describe(queue, index++, buffer, (uint)request.Length, room > 0 ? Next : 0, 1);
        }

        if (room > 0)
        {
            Describe(queue, index, buffer + 0x10000, (uint)room, Write);
        }

        Offer(queue, 0);
        Notify(queue);
        Run();
        Assert.NotNull(TakeUsed(queue));
        return Peek(buffer + 0x10000, room);
    }

    public byte[] Peek(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        _memory.Read(address - Ram, bytes);
        return bytes;
    }

    public void Poke(ulong address, byte[] bytes) => _memory.Write(address - Ram, bytes);

    public void Dispose()
    {
        Device.Dispose();
        _memory.Dispose();
    }
}
