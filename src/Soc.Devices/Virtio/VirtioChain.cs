using System.Buffers.Binary;

namespace Soc.Devices.Virtio;

/// <summary>
/// One request of a driver: what the device may read, then what it may write (virtio 1.2 section 2.6.4.2), as two runs of bytes. Valid until
/// the function has handled it.
/// </summary>
public sealed class VirtioChain
{
    private readonly VirtioMemory _memory;
    private readonly List<VirtioSegment> _readable = [];
    private readonly List<VirtioSegment> _writable = [];

    internal VirtioChain(VirtioMemory memory) => _memory = memory;

    /// <summary>Bytes that the device may read.</summary>
    public ulong ReadableLength { get; private set; }

    /// <summary>Bytes that the device may write.</summary>
    public ulong WritableLength { get; private set; }

    /// <summary>What the device may read, in order.</summary>
    internal IReadOnlyList<VirtioSegment> Readable => _readable;

    /// <summary>What the device may write, in order.</summary>
    internal IReadOnlyList<VirtioSegment> Writable => _writable;

    /// <summary>Index of the first descriptor.</summary>
    internal ushort Head { get; private set; }

    /// <summary>Reads bytes of the readable run.</summary>
    /// <param name="offset">Offset in the run.</param>
    /// <param name="into">Receives the bytes; all of them must be in the run.</param>
    public void Read(ulong offset, Span<byte> into)
    {
        foreach (VirtioSegment segment in _readable)
        {
            if (into.IsEmpty)
            {
                return;
            }

            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }

            int part = (int)Math.Min((ulong)into.Length, segment.Length - offset);
            _memory.Read(segment.Address + offset, into[..part]);
            into = into[part..];
            offset = 0;
        }

        if (!into.IsEmpty)
        {
            throw new VirtioFaultException("the request is shorter than its header says");
        }
    }

    /// <summary>Writes bytes of the writable run.</summary>
    /// <param name="offset">Offset in the run.</param>
    /// <param name="from">The bytes; all of them must fit into the run.</param>
    public void Write(ulong offset, ReadOnlySpan<byte> from)
    {
        foreach (VirtioSegment segment in _writable)
        {
            if (from.IsEmpty)
            {
                return;
            }

            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }

            int part = (int)Math.Min((ulong)from.Length, segment.Length - offset);
            _memory.Write(segment.Address + offset, from[..part]);
            from = from[part..];
            offset = 0;
        }

        if (!from.IsEmpty)
        {
            throw new VirtioFaultException("the buffer for the answer is too short");
        }
    }

    /// <summary>Reads 4 bytes of the readable run, little endian.</summary>
    public uint ReadWord(ulong offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads 8 bytes of the readable run, little endian.</summary>
    public ulong ReadDoubleword(ulong offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    internal void Begin(ushort head)
    {
        Head = head;
        _readable.Clear();
        _writable.Clear();
        ReadableLength = WritableLength = 0;
    }

    internal void Add(VirtioSegment segment, bool writable)
    {
        if (writable)
        {
            _writable.Add(segment);
            WritableLength += segment.Length;
            return;
        }

        if (_writable.Count > 0)
        {
            throw new VirtioFaultException("a readable descriptor follows a writable one");
        }

        _readable.Add(segment);
        ReadableLength += segment.Length;
    }
}
