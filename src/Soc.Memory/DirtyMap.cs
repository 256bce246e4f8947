namespace Soc.Memory;

/// <summary>
/// Dirty bits of one RAM region: per 4 KiB page one bit per client. A page is clean while it is clean for any enabled client.
/// Shared by all initiators; bits change with host atomics.
/// </summary>
public sealed class DirtyMap
{
    private const int PageShift = 12;
    private const int PagesPerWord = 8;

    private readonly uint[] _words;

    /// <summary>Creates a map in which every page is dirty for everybody, as after power-on.</summary>
    /// <param name="size">Bytes of the region.</param>
    /// <param name="clients">Clients that take part.</param>
    public DirtyMap(ulong size, DirtyClients clients)
    {
        Clients = clients;
        _words = new uint[(int)(((size - 1) >> PageShift) / PagesPerWord) + 1];
        Array.Fill(_words, uint.MaxValue);
    }

    /// <summary>Clients that take part.</summary>
    public DirtyClients Clients { get; }

    /// <summary>For which clients the page of an offset is dirty.</summary>
    /// <param name="offset">Offset in the region, bytes.</param>
    public DirtyClients DirtyFor(ulong offset) =>
        (DirtyClients)(Volatile.Read(ref Word(offset, out int shift)) >> shift) & Clients;

    /// <summary>Whether a store to the page must be noticed.</summary>
    public bool IsClean(ulong offset) => DirtyFor(offset) != Clients;

    /// <summary>Marks every page of a range dirty for every client.</summary>
    /// <param name="offset">Offset in the region, bytes.</param>
    /// <param name="length">Bytes, at least 1.</param>
    public void Mark(ulong offset, ulong length)
    {
        for (ulong page = offset >> PageShift; page <= (offset + length - 1) >> PageShift; page++)
        {
            ref uint word = ref Word(page << PageShift, out int shift);
            uint bits = (uint)DirtyClients.All << shift;
            if ((Volatile.Read(ref word) & bits) != bits)
            {
                Interlocked.Or(ref word, bits);
            }
        }
    }

    /// <summary>
    /// Marks every page of a range clean for some clients. Initiators that hold translations of it must hear of it: their
    /// owners put the store words back to "not dirty" before the answer is relied on.
    /// </summary>
    /// <param name="offset">Offset in the region, bytes.</param>
    /// <param name="length">Bytes, at least 1.</param>
    /// <param name="clients">For whom.</param>
    public void Clean(ulong offset, ulong length, DirtyClients clients)
    {
        for (ulong page = offset >> PageShift; page <= (offset + length - 1) >> PageShift; page++)
        {
            ref uint word = ref Word(page << PageShift, out int shift);
            Interlocked.And(ref word, ~((uint)(clients & DirtyClients.All) << shift));
        }
    }

    private ref uint Word(ulong offset, out int shift)
    {
        ulong page = offset >> PageShift;
        shift = (int)(page % PagesPerWord) * 4;
        return ref _words[page / PagesPerWord];
    }
}
