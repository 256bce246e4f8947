namespace Soc.Devices.Virtio.Block;

/// <summary>
/// What a disk keeps its sectors in. Calls come from one thread at a time; a call that returns false has failed at the host, and the guest sees
/// an I/O error.
/// </summary>
public interface IBlockBacking
{
    /// <summary>Bytes; only whole sectors of 512 bytes are shown to the guest.</summary>
    ulong Length { get; }

    /// <summary>Whether writes are refused.</summary>
    bool IsReadOnly { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="offset">First byte; the range is inside <see cref="Length"/>.</param>
    /// <param name="into">Receives the bytes.</param>
    bool Read(ulong offset, Span<byte> into);

    /// <summary>Writes bytes; they may stay in a cache until <see cref="Flush"/>.</summary>
    /// <param name="offset">First byte; the range is inside <see cref="Length"/>.</param>
    /// <param name="from">The bytes.</param>
    bool Write(ulong offset, ReadOnlySpan<byte> from);

    /// <summary>Comes back when everything that was written is safe from a loss of power.</summary>
    bool Flush();
}
