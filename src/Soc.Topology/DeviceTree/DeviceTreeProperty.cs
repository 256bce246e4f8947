using System.Buffers.Binary;
using System.Text;

namespace Soc.Topology.DeviceTree;

/// <summary>A property of a device tree node: a name and bytes, which bindings read as cells, texts or flags.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The bytes as the blob holds them: cells big endian, texts ended by a zero byte.</param>
public sealed record DeviceTreeProperty(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>The value as cells of 4 bytes; empty when it is none.</summary>
    public IReadOnlyList<uint> Cells
    {
        get
        {
            if (Value.Length % 4 != 0)
            {
                return [];
            }

            var cells = new uint[Value.Length / 4];
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = BinaryPrimitives.ReadUInt32BigEndian(Value.Span[(4 * i)..]);
            }

            return cells;
        }
    }

    /// <summary>The value as texts; empty when it is none: texts are printable and ended by a zero byte each.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            ReadOnlySpan<byte> bytes = Value.Span;
            if (bytes.IsEmpty || bytes[^1] != 0 || bytes[0] == 0)
            {
                return [];
            }

            for (int i = 0; i < bytes.Length; i++)
            {
                if (bytes[i] == 0 ? i > 0 && bytes[i - 1] == 0 : bytes[i] is < 0x20 or > 0x7E)
                {
                    return [];
                }
            }

            return Encoding.ASCII.GetString(bytes[..^1]).Split('\0');
        }
    }

    /// <summary>The first text; null when the value is no text.</summary>
    public string? Text => Texts.Count > 0 ? Texts[0] : null;

    /// <summary>A flag: a property without a value.</summary>
    public static DeviceTreeProperty OfFlag(string name) => new(name, ReadOnlyMemory<byte>.Empty);

    /// <summary>Cells of 4 bytes.</summary>
    public static DeviceTreeProperty OfCells(string name, params IReadOnlyList<uint> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        byte[] bytes = new byte[4 * cells.Count];
        for (int i = 0; i < cells.Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), cells[i]);
        }

        return new DeviceTreeProperty(name, bytes);
    }

    /// <summary>Numbers of two cells each, such as addresses and sizes.</summary>
    public static DeviceTreeProperty OfWide(string name, params IReadOnlyList<ulong> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return OfCells(name, [.. numbers.SelectMany(number => new[] { (uint)(number >> 32), (uint)number })]);
    }

    /// <summary>Texts.</summary>
    public static DeviceTreeProperty OfTexts(string name, params IReadOnlyList<string> texts) =>
        new(name, Encoding.ASCII.GetBytes(string.Concat(texts.Select(text => text + "\0"))));
}
