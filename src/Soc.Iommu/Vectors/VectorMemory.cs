using System.Buffers.Binary;

namespace Soc.Iommu.Vectors;

/// <summary>The sparse memory of a vector, with ranges that refuse or poison, and a log of what the IOMMU wrote.</summary>
internal sealed class VectorMemory : IIommuBus
{
    private readonly Dictionary<ulong, ulong> _words = [];
    private readonly Dictionary<ulong, ulong> _before = [];

    public List<(ulong Base, ulong Length)> Refused { get; } = [];

    public List<(ulong Base, ulong Length)> Poisoned { get; } = [];

    /// <summary>Four-byte writes since the log was cleared: MSIs, notices and fence stores, as little-endian numbers.</summary>
    public List<(ulong Address, uint Value)> ShortWrites { get; } = [];

    /// <summary>Words that differ from what the vector or a hart stored there.</summary>
    public IEnumerable<(ulong Address, ulong Value)> Changes =>
        _before.Where(pair => Word(pair.Key) != pair.Value).Select(pair => (pair.Key, Word(pair.Key))).OrderBy(pair => pair.Key);

    public ulong Word(ulong address) => _words.GetValueOrDefault(address);

    /// <summary>A store that is not the IOMMU's.</summary>
    public void Store(ulong address, ulong value)
    {
        _words[address] = value;
        _before.Remove(address);
    }

    public IommuBusResult Read(ulong address, Span<byte> into)
    {
        if (Overlaps(Refused, address, into.Length))
        {
            return IommuBusResult.Refused;
        }

        Span<byte> bytes = stackalloc byte[8];
        for (int index = 0; index < into.Length; index++)
        {
            ulong at = address + (ulong)index;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Word(at & ~7UL));
            into[index] = bytes[(int)(at & 7)];
        }

        return Overlaps(Poisoned, address, into.Length) ? IommuBusResult.Poisoned : IommuBusResult.Ok;
    }

    public IommuBusResult Write(ulong address, ReadOnlySpan<byte> from)
    {
        if (Overlaps(Refused, address, from.Length))
        {
            return IommuBusResult.Refused;
        }

        if (from.Length == 4)
        {
            ShortWrites.Add((address, BinaryPrimitives.ReadUInt32LittleEndian(from)));
        }

        Span<byte> bytes = stackalloc byte[8];
        for (int index = 0; index < from.Length; index++)
        {
            ulong at = address + (ulong)index;
            ulong word = at & ~7UL;
            ulong old = Word(word);
            _before.TryAdd(word, old);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, old);
            bytes[(int)(at & 7)] = from[index];
            _words[word] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        return IommuBusResult.Ok;
    }

    public IommuBusResult CompareExchange(ulong address, int size, ulong expected, ulong desired, out ulong found)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        IommuBusResult result = Read(address, bytes[..size]);
        found = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (result != IommuBusResult.Ok || found != expected)
        {
            return result;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, desired);
        int logged = ShortWrites.Count;
        result = Write(address, bytes[..size]);
        ShortWrites.RemoveRange(logged, ShortWrites.Count - logged);
        return result;
    }

    private static bool Overlaps(List<(ulong Base, ulong Length)> ranges, ulong address, int size)
    {
        foreach ((ulong first, ulong length) in ranges)
        {
            if (address < first + length && first < address + (ulong)size)
            {
                return true;
            }
        }

        return false;
    }
}
