using System.Buffers.Binary;
using System.Text;

namespace Soc.Topology.DeviceTree;

/// <summary>The flattened form of a device tree, version 17 (Devicetree Specification 0.4, chapter 5).</summary>
/// <remarks>
/// <code>
/// header      0x00 magic 0xd00dfeed, total size, structure offset, strings offset, reservations offset, version 17, last compatible 16,
///             boot hart, strings size, structure size; 4 bytes each, big endian
/// reservations  address 8, size 8, until both are 0
/// structure   1 begin node: name, zero, padding to 4; 2 end node; 3 property: length, name's offset in the strings, value, padding; 4 nothing; 9 end
/// </code>
/// </remarks>
public static class DeviceTreeBlob
{
    private const uint Magic = 0xD00D_FEED;
    private const uint Version = 17;
    private const uint LastCompatible = 16;
    private const int HeaderSize = 40;
    private const uint BeginNode = 1;
    private const uint EndNode = 2;
    private const uint Property = 3;
    private const uint Nothing = 4;
    private const uint End = 9;
    private const int DeepestNesting = 64;

    /// <summary>Flattens a tree.</summary>
    /// <param name="root">The root.</param>
    /// <param name="bootHart">Physical id of the hart that boots.</param>
    public static byte[] Write(DeviceTreeNode root, uint bootHart = 0)
    {
        ArgumentNullException.ThrowIfNull(root);
        var structure = new Writer();
        var strings = new Writer();
        Dictionary<string, uint> offsets = [];
        WriteNode(root);
        structure.Word(End);

        const int reservations = HeaderSize;
        const int structureAt = reservations + 16;
        int stringsAt = structureAt + structure.Length;
        var blob = new Writer();
        foreach (uint word in new uint[]
        {
            Magic, (uint)(stringsAt + strings.Length), structureAt, (uint)stringsAt, reservations, Version, LastCompatible, bootHart, (uint)strings.Length, (uint)structure.Length,
        })
        {
            blob.Word(word);
        }

        blob.Bytes(new byte[16]);
        blob.Bytes(structure.ToArray());
        blob.Bytes(strings.ToArray());
        return blob.ToArray();

        void WriteNode(DeviceTreeNode node)
        {
            structure.Word(BeginNode);
            structure.Bytes(Encoding.ASCII.GetBytes(node.Name + "\0"));
            structure.Pad();
            foreach (DeviceTreeProperty property in node.Properties)
            {
                if (!offsets.TryGetValue(property.Name, out uint offset))
                {
                    offset = (uint)strings.Length;
                    offsets.Add(property.Name, offset);
                    strings.Bytes(Encoding.ASCII.GetBytes(property.Name + "\0"));
                }

                structure.Word(Property);
                structure.Word((uint)property.Value.Length);
                structure.Word(offset);
                structure.Bytes(property.Value.Span);
                structure.Pad();
            }

            foreach (DeviceTreeNode child in node.Children)
            {
                WriteNode(child);
            }

            structure.Word(EndNode);
        }
    }

    /// <summary>Whether bytes start like a blob.</summary>
    public static bool IsBlob(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(start) == Magic;

    /// <summary>Reads a blob; everything that a damaged one can say is checked before it is believed.</summary>
    /// <param name="blob">The bytes.</param>
    /// <exception cref="DeviceTreeException">They are no sound blob of version 16 or 17.</exception>
    public static DeviceTreeNode Read(ReadOnlyMemory<byte> blob)
    {
        ReadOnlySpan<byte> bytes = blob.Span;
        if (bytes.Length < HeaderSize || !IsBlob(bytes))
        {
            throw new DeviceTreeException("this is no device tree blob: it does not start with d00dfeed; compile a text with 'dtc -O dtb' first");
        }

        uint total = WordAt(bytes, 4);
        if (total > (uint)bytes.Length || total < HeaderSize)
        {
            throw new DeviceTreeException($"the blob should have {total} bytes and has {bytes.Length}; make it again");
        }

        if (WordAt(bytes, 24) > Version || WordAt(bytes, 20) < LastCompatible)
        {
            throw new DeviceTreeException($"blob version {WordAt(bytes, 20)} is not supported; use version 17");
        }

        bytes = bytes[..(int)total];
        return new Reader(blob[..(int)total], WordAt(bytes, 8), WordAt(bytes, 12)).ReadRoot();
    }

    private static uint WordAt(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private sealed class Writer
    {
        private readonly List<byte> _bytes = [];

        public int Length => _bytes.Count;

        public void Word(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            Bytes(bytes);
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void Pad()
        {
            while (_bytes.Count % 4 != 0)
            {
                _bytes.Add(0);
            }
        }

        public byte[] ToArray() => [.. _bytes];
    }

    private sealed class Reader(ReadOnlyMemory<byte> blob, uint structure, uint strings)
    {
        private ulong _at = structure;

        public DeviceTreeNode ReadRoot()
        {
            uint token = Token();
            return token == BeginNode ? ReadNode(0) : throw new DeviceTreeException($"the structure starts with token {token} instead of a node; the blob is damaged");
        }

        private DeviceTreeNode ReadNode(int depth)
        {
            if (depth > DeepestNesting)
            {
                throw new DeviceTreeException($"nodes are nested more than {DeepestNesting} deep; the blob is damaged");
            }

            var node = new DeviceTreeNode(Name(_at, out ulong after));
            _at = after;
            Align();
            while (true)
            {
                switch (Token())
                {
                    case BeginNode:
                        node.Add(ReadNode(depth + 1));
                        break;
                    case Property:
                        uint length = Word();
                        string name = Name((ulong)strings + Word(), out _);
                        node.Set(new DeviceTreeProperty(name, Take(length)));
                        Align();
                        break;
                    case EndNode:
                        return node;
                    case var other:
                        throw new DeviceTreeException($"token {other} at 0x{_at - 4:x} means nothing here; the blob is damaged");
                }
            }
        }

        private uint Token()
        {
            uint token;
            do
            {
                token = Word();
            }
            while (token == Nothing);

            return token;
        }

        private uint Word() => BinaryPrimitives.ReadUInt32BigEndian(Take(4).Span);

        private ReadOnlyMemory<byte> Take(uint length)
        {
            if (_at + length > (ulong)blob.Length)
            {
                throw new DeviceTreeException("the structure ends before its end; the blob is damaged");
            }

            ReadOnlyMemory<byte> taken = blob.Slice((int)_at, (int)length);
            _at += length;
            return taken;
        }

        private void Align() => _at = (_at + 3) & ~3UL;

        private string Name(ulong at, out ulong after)
        {
            int length = at < (ulong)blob.Length ? blob.Span[(int)at..].IndexOf((byte)0) : -1;
            if (length < 0)
            {
                throw new DeviceTreeException("a name has no end; the blob is damaged");
            }

            after = at + (ulong)length + 1;
            return Encoding.ASCII.GetString(blob.Span.Slice((int)at, length));
        }
    }
}
