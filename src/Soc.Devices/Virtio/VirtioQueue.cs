using System.Buffers.Binary;

namespace Soc.Devices.Virtio;

/// <summary>
/// The device's side of a split virtqueue (virtio 1.2 section 2.7): takes chains from the available ring and puts them into the used ring.
/// </summary>
/// <remarks>
/// <code>
/// descriptor  16 bytes: address 8, length 4, flags 2 (0 NEXT, 1 WRITE, 2 INDIRECT), next 2
/// available   flags 2 (0 NO_INTERRUPT), index 2, ring of 2 bytes each, used_event 2
/// used        flags 2 (0 NO_NOTIFY), index 2, ring of 8 bytes each (id 4, length 4), avail_event 2
/// </code>
/// </remarks>
internal sealed class VirtioQueue(VirtioMemory memory, int maximumSize)
{
    private const int DescriptorSize = 16;
    private const ushort DescriptorNext = 1;
    private const ushort DescriptorWrite = 2;
    private const ushort DescriptorIndirect = 4;
    private const ushort NoInterrupt = 1;

    private readonly VirtioChain _chain = new(memory);
    private ushort _lastAvailable;
    private ushort _used;
    private ushort _signalled;
    private bool _signalledOnce;

    /// <summary>Descriptors of the largest queue.</summary>
    public int MaximumSize { get; } = maximumSize;

    public int Size { get; set; } = maximumSize;

    public bool Ready { get; set; }

    public ulong DescriptorArea { get; set; }

    public ulong DriverArea { get; set; }

    public ulong DeviceArea { get; set; }

    /// <summary>The driver said that there is something, and the device has not yet found the ring empty.</summary>
    public bool Kicked { get; set; }

    public bool UsesEventIndex { get; set; }

    public bool UsesIndirect { get; set; }

    public void Reset()
    {
        Size = MaximumSize;
        Ready = Kicked = UsesEventIndex = UsesIndirect = _signalledOnce = false;
        DescriptorArea = DriverArea = DeviceArea = 0;
        _lastAvailable = _used = _signalled = 0;
    }

    /// <summary>The rings: what <see cref="Give"/> reads, and what it writes.</summary>
    public (VirtioSegment Available, VirtioSegment Used) Rings =>
        (new VirtioSegment(DriverArea, 6 + (2 * (uint)Size)), new VirtioSegment(DeviceArea, 6 + (8 * (uint)Size)));

    /// <summary>Takes the next chain; null when the ring is empty, and then the driver is asked to say when it is not any more.</summary>
    /// <exception cref="VirtioTranslationException">An address must be translated first; nothing was taken.</exception>
    public VirtioChain? Take()
    {
        ushort available = memory.ReadHalf(DriverArea + 2);
        if (available == _lastAvailable)
        {
            if (!UsesEventIndex)
            {
                return null;
            }

            // Ask, then look again: a driver that added a chain in between has seen the old wish (virtio 1.2 section 2.7.10).
            memory.WriteHalf(DeviceArea + 4 + (8UL * (ulong)Size), _lastAvailable);
            Interlocked.MemoryBarrier();
            available = memory.ReadHalf(DriverArea + 2);
            if (available == _lastAvailable)
            {
                return null;
            }
        }

        if ((ushort)(available - _lastAvailable) > Size)
        {
            throw new VirtioFaultException("the available ring holds more chains than descriptors");
        }

        ushort head = memory.ReadHalf(DriverArea + 4 + (2UL * (ulong)(_lastAvailable % Size)));
        Follow(head);
        _lastAvailable++;
        return _chain;
    }

    /// <summary>Gives the chain that was taken last back.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="written">Bytes written into it.</param>
    /// <returns>Whether the driver wants an interrupt for it.</returns>
    public bool Give(VirtioChain chain, uint written)
    {
        Span<byte> element = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(element, chain.Head);
        BinaryPrimitives.WriteUInt32LittleEndian(element[4..], written);
        memory.Write(DeviceArea + 4 + (8UL * (ulong)(_used % Size)), element);
        _used++;
        memory.WriteHalf(DeviceArea + 2, _used);
        Interlocked.MemoryBarrier();
        if (!UsesEventIndex)
        {
            return (memory.ReadHalf(DriverArea) & NoInterrupt) == 0;
        }

        ushort wanted = memory.ReadHalf(DriverArea + 4 + (2UL * (ulong)Size));
        bool signal = !_signalledOnce || (ushort)(_used - wanted - 1) < (ushort)(_used - _signalled);
        _signalledOnce = true;
        _signalled = _used;
        return signal;
    }

    private void Follow(ushort head)
    {
        _chain.Begin(head);
        ulong table = DescriptorArea;
        int entries = Size;
        ushort index = head;
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        for (int steps = 0; ; steps++)
        {
            if (index >= entries || steps >= entries)
            {
                throw new VirtioFaultException("a descriptor chain leaves its table, or has no end");
            }

            memory.Read(table + ((ulong)index * DescriptorSize), descriptor);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[12..]);
            if ((flags & DescriptorIndirect) != 0)
            {
                // The table of an indirect descriptor is the rest of the chain; it holds no further one (section 2.7.5.3).
                if (!UsesIndirect || table != DescriptorArea || (flags & DescriptorNext) != 0 || length == 0 || length % DescriptorSize != 0)
                {
                    throw new VirtioFaultException("an indirect descriptor is not what it may be");
                }

                table = address;
                entries = (int)Math.Min(length / DescriptorSize, ushort.MaxValue);
                index = 0;
                steps = -1;
                continue;
            }

            _chain.Add(new VirtioSegment(address, length), (flags & DescriptorWrite) != 0);
            if ((flags & DescriptorNext) == 0)
            {
                return;
            }

            index = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]);
        }
    }
}
