using System.Runtime.InteropServices;

namespace Soc.Memory;

/// <summary>
/// A sparse block of guest memory: 2 MiB chunks of zeroed host memory that are allocated when first touched, so that
/// declaring 64 GiB costs nothing. All initiators share it; reads and writes are plain host accesses.
/// </summary>
public sealed unsafe class GuestMemory : IDisposable
{
    /// <summary>Bytes per host allocation.</summary>
    public const int ChunkSize = 1 << ChunkShift;

    private const int ChunkShift = 21;
    private const int ChunksPerTable = 512;
    private const int HostAlignment = 4096;

    // Never null: a block whose size was refused is finalized too.
    private readonly nint[]?[] _tables = [];
    private readonly List<nint> _allocations = [];
    private readonly Lock _grow = new();
    private bool _disposed;

    /// <summary>Declares a block.</summary>
    /// <param name="size">Bytes, a multiple of 4096, at least one page.</param>
    /// <exception cref="MemoryTreeException">The size is zero or not a multiple of 4096.</exception>
    public GuestMemory(ulong size)
    {
        if (size == 0 || size % HostAlignment != 0)
        {
            throw new MemoryTreeException($"memory size 0x{size:x} is not a positive multiple of 4096");
        }

        Size = size;
        ulong chunks = (size + ChunkSize - 1) >> ChunkShift;
        _tables = new nint[]?[(int)((chunks + ChunksPerTable - 1) / ChunksPerTable)];
    }

    /// <summary>Frees what was not disposed.</summary>
    ~GuestMemory() => Free();

    /// <summary>Bytes declared.</summary>
    public ulong Size { get; }

    /// <summary>Bytes of host memory allocated so far.</summary>
    public ulong Allocated
    {
        get
        {
            lock (_grow)
            {
                return (ulong)_allocations.Count * ChunkSize;
            }
        }
    }

    /// <summary>
    /// Host address of a guest byte; valid up to the end of its 2 MiB chunk (so at least of its page) and until
    /// the block is disposed.
    /// </summary>
    /// <param name="offset">Offset in the block, less than <see cref="Size"/>.</param>
    public byte* PointerTo(ulong offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Size);
        ulong chunk = offset >> ChunkShift;
        nint[]? table = Volatile.Read(ref _tables[chunk / ChunksPerTable]);
        nint host = table is null ? 0 : Volatile.Read(ref table[chunk % ChunksPerTable]);
        if (host == 0)
        {
            host = Grow(chunk);
        }

        return (byte*)host + (offset & (ChunkSize - 1));
    }

    /// <summary>Reads bytes, across chunks.</summary>
    public void Read(ulong offset, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            int part = PartWithinChunk(offset, into.Length);
            new ReadOnlySpan<byte>(PointerTo(offset), part).CopyTo(into);
            into = into[part..];
            offset += (ulong)part;
        }
    }

    /// <summary>Writes bytes, across chunks.</summary>
    public void Write(ulong offset, ReadOnlySpan<byte> from)
    {
        while (!from.IsEmpty)
        {
            int part = PartWithinChunk(offset, from.Length);
            from[..part].CopyTo(new Span<byte>(PointerTo(offset), part));
            from = from[part..];
            offset += (ulong)part;
        }
    }

    /// <summary>A page, to read its doublewords without looking for it each time; valid until the block is disposed.</summary>
    /// <param name="offset">Offset in the block, a multiple of 4096.</param>
    public GuestPage PageAt(ulong offset)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset & (HostAlignment - 1), 0UL);
        return new GuestPage(PointerTo(offset));
    }

    /// <summary>Replaces 8 bytes if they are still as expected, indivisibly: page walkers that set accessed and dirty bits.</summary>
    /// <param name="offset">Offset in the block, a multiple of 8.</param>
    /// <param name="expected">The value to replace.</param>
    /// <param name="desired">The new value.</param>
    /// <returns>The value found; equal to <paramref name="expected"/> when it was replaced.</returns>
    public ulong CompareExchange(ulong offset, ulong expected, ulong desired)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset & 7, 0UL);
        return Interlocked.CompareExchange(ref *(ulong*)PointerTo(offset), desired, expected);
    }

    /// <summary>Frees the host memory; no initiator may run any more.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static int PartWithinChunk(ulong offset, int length) =>
        (int)Math.Min((ulong)length, ChunkSize - (offset & (ChunkSize - 1)));

    private nint Grow(ulong chunk)
    {
        lock (_grow)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ref nint[]? tableSlot = ref _tables[chunk / ChunksPerTable];
            nint[]? table = tableSlot;
            if (table is null)
            {
                table = new nint[ChunksPerTable];
                Volatile.Write(ref tableSlot, table);
            }

            ref nint slot = ref table[chunk % ChunksPerTable];
            if (slot == 0)
            {
                // calloc of this size is a fresh mapping: untouched pages stay unbacked. Pages must be host-aligned.
                nint block = (nint)NativeMemory.AllocZeroed(ChunkSize + HostAlignment);
                _allocations.Add(block);
                Volatile.Write(ref slot, (block + HostAlignment - 1) & ~(nint)(HostAlignment - 1));
            }

            return slot;
        }
    }

    private void Free()
    {
        lock (_grow)
        {
            _disposed = true;
            foreach (nint block in _allocations)
            {
                NativeMemory.Free((void*)block);
            }

            _allocations.Clear();
            Array.Clear(_tables);
        }
    }
}
