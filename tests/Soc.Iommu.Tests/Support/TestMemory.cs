using System.Buffers.Binary;

namespace Soc.Iommu.Tests.Support;

/// <summary>Sparse memory of 8-byte words with ranges that refuse or poison, and a hook before each read.</summary>
internal sealed class TestMemory : IIommuBus
{
    private readonly Dictionary<ulong, ulong> _words = [];

    public HashSet<ulong> RefusedPages { get; } = [];

    public HashSet<ulong> RefusedStores { get; } = [];

    public HashSet<ulong> PoisonedPages { get; } = [];

    public List<(ulong Address, int Size)> Writes { get; } = [];

    public Action<ulong>? BeforeRead { get; set; }

    public int Reads { get; private set; }

    public ulong this[ulong address]
    {
        get => _words.GetValueOrDefault(address);
        set => _words[address] = value;
    }

    public IommuBusResult Read(ulong address, Span<byte> into)
    {
        BeforeRead?.Invoke(address);
        Reads++;
        if (RefusedPages.Contains(address >> 12))
        {
            return IommuBusResult.Refused;
        }

        Span<byte> word = stackalloc byte[8];
        for (int index = 0; index < into.Length; index++)
        {
            ulong at = address + (ulong)index;
            BinaryPrimitives.WriteUInt64LittleEndian(word, this[at & ~7UL]);
            into[index] = word[(int)(at & 7)];
        }

        return PoisonedPages.Contains(address >> 12) ? IommuBusResult.Poisoned : IommuBusResult.Ok;
    }

    public IommuBusResult Write(ulong address, ReadOnlySpan<byte> from)
    {
        if (RefusedPages.Contains(address >> 12) || RefusedStores.Contains(address >> 12))
        {
            return IommuBusResult.Refused;
        }

        Writes.Add((address, from.Length));
        Span<byte> word = stackalloc byte[8];
        for (int index = 0; index < from.Length; index++)
        {
            ulong at = address + (ulong)index;
            BinaryPrimitives.WriteUInt64LittleEndian(word, this[at & ~7UL]);
            word[(int)(at & 7)] = from[index];
            this[at & ~7UL] = BinaryPrimitives.ReadUInt64LittleEndian(word);
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
        return Write(address, bytes[..size]);
    }
}
