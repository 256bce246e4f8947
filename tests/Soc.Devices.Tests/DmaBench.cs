using Soc.Devices.Dma;
using Soc.Memory;

namespace Soc.Devices.Tests;

/// <summary>An engine, RAM behind a checker at 0x8000_0000, registers of another actor at 0x1000_0000, a device at 0x2000_0000.</summary>
internal sealed class DmaBench : IDisposable
{
    public const ulong Ram = 0x8000_0000;
    public const ulong Remote = 0x1000_0000;
    public const ulong Device = 0x2000_0000;
    public const ulong Ring = Ram + 0xF0000;

    public const ulong Control = 0x00, Status = 0x08, RingBase = 0x10, RingSize = 0x18, Head = 0x20, Tail = 0x28, CurrentIndex = 0x30,
        CurrentBytes = 0x38, ReadBeats = 0x40, WriteBeats = 0x48, Bytes = 0x50, Descriptors = 0x58, ErrorAddress = 0x60, BusErrors = 0x68;

    public const ulong Busy = 1, Done = 2, Error = 4, BusError = 8, Stopped = 16;

    private readonly GuestMemory _memory = new(0x100000);
    private readonly FakeInitiator _hart = new() { InitiatorId = 9 };

    public DmaBench(DmaConfiguration? configuration = null)
    {
        var tree = new MemoryTree();
        var behind = new ContainerRegion("behind");
        behind.Add(0, new RamRegion("ram", _memory));
        Checker = new FakeChecker(0x100000, tree.CreateSpace("downstream", behind), tree);
        var root = new ContainerRegion("bus");
        root.Add(Ram, Checker);
        root.Add(Remote, new RemoteRegion("remote", 0x1000, owner: 5));
        root.Add(Device, new MmioRegion("device", 0x1000, DeviceAt));
        Engine = new DmaEngine(1, "dma0", tree.CreateSpace("dma", root), configuration ?? new DmaConfiguration(), Line);
    }

    public FakeChecker Checker { get; }

    public DmaEngine Engine { get; }

    public FakeLine Line { get; } = new();

    public RecordingDevice DeviceAt { get; } = new();

    public TransactionAttributes Attributes { get; set; } = TransactionAttributes.Specified.WithWorld(3);

    public ulong Read(ulong offset, int size = 8)
    {
        DeviceAnswer answer = Engine.Access(new BusAccess(offset, size, AccessKind.Load, Attributes, offset, _hart), 0);
        Assert.Equal(AccessResult.Ok, answer.Result);
        return answer.Value;
    }

    public void Write(ulong offset, ulong value, int size = 8) => Assert.Equal(AccessResult.Ok, TryWrite(offset, value, size));

    public AccessResult TryWrite(ulong offset, ulong value, int size) =>
        Engine.Access(new BusAccess(offset, size, AccessKind.Store, Attributes, offset, _hart), value).Result;

    public ulong Channel(int channel, ulong register) => Read(DmaEngine.ChannelsOffset + (DmaEngine.PageStride * (ulong)channel) + register);

    public void SetChannel(int channel, ulong register, ulong value) =>
        Write(DmaEngine.ChannelsOffset + (DmaEngine.PageStride * (ulong)channel) + register, value);

    public ulong Marker(int channel) => Read(DmaEngine.MarkersOffset + (DmaEngine.PageStride * (ulong)channel) + 8);

    public void SetMarker(int channel, ulong value) => Write(DmaEngine.MarkersOffset + (DmaEngine.PageStride * (ulong)channel) + 8, value);

    /// <summary>Programs and enables a channel; its ring lies at <see cref="RingOf"/>.</summary>
    public void Start(int channel = 0, ulong ringSize = 8, ulong control = 0xF)
    {
        SetChannel(channel, RingBase, RingOf(channel));
        SetChannel(channel, RingSize, ringSize);
        SetChannel(channel, Control, control);
    }

    public static ulong RingOf(int channel) => Ring + (0x1000 * (ulong)channel);

    public void Describe(ulong index, ulong source, ulong destination, uint length, uint flags = 1, int channel = 0)
    {
        ulong at = RingOf(channel) + (index * 32);
        PokeWord(at, source);
        PokeWord(at + 8, destination);
        PokeWord(at + 16, length | ((ulong)flags << 32));
        PokeWord(at + 24, 0xEEEE_EEEE_EEEE_EEEE);
    }

    /// <summary>Status and bytes that the engine wrote back.</summary>
    public (uint Status, uint Bytes) Written(ulong index, int channel = 0)
    {
        ulong word = PeekWord(RingOf(channel) + (index * 32) + 24);
        return ((uint)word, (uint)(word >> 32));
    }

    public byte[] Peek(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        _memory.Read(address - Ram, bytes);
        return bytes;
    }

    public void Poke(ulong address, byte[] bytes) => _memory.Write(address - Ram, bytes);

    public ulong PeekWord(ulong address) => BitConverter.ToUInt64(Peek(address, 8));

    public void PokeWord(ulong address, ulong value) => Poke(address, BitConverter.GetBytes(value));

    /// <summary>Fills a range with a pattern without zeros and returns it.</summary>
    public byte[] Fill(ulong address, int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(1 + (((i * 31) + (seed * 97)) % 255));
        }

        Poke(address, bytes);
        return bytes;
    }

    public void Dispose()
    {
        Engine.Dispose();
        _memory.Dispose();
    }

    internal sealed class RecordingDevice : IBusDevice
    {
        public List<(ulong Offset, int Size, ulong Value)> Writes { get; } = [];

        public ulong FailFrom { get; set; } = ulong.MaxValue;

        public AccessResult Read(in BusAccess access, out ulong value)
        {
            value = 0x1111_1111_1111_1111UL * (1 + (access.Offset / 8));
            return access.Offset >= FailFrom ? AccessResult.Error : AccessResult.Ok;
        }

        public AccessResult Write(in BusAccess access, ulong value)
        {
            if (access.Offset >= FailFrom)
            {
                return AccessResult.Error;
            }

            Writes.Add((access.Offset, access.Size, value));
            return AccessResult.Ok;
        }
    }
}
