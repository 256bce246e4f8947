namespace Soc.Devices.Virtio.Block;

/// <summary>A disk in host memory: gone with the run.</summary>
/// <param name="content">The bytes; used in place.</param>
/// <param name="readOnly">Whether writes are refused.</param>
public sealed class MemoryBacking(byte[] content, bool readOnly = false) : IBlockBacking
{
    /// <inheritdoc/>
    public ulong Length => (ulong)content.LongLength;

    /// <inheritdoc/>
    public bool IsReadOnly { get; } = readOnly;

    /// <inheritdoc/>
    public bool Read(ulong offset, Span<byte> into)
    {
        content.AsSpan((int)offset, into.Length).CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, ReadOnlySpan<byte> from)
    {
        if (IsReadOnly)
        {
            return false;
        }

        from.CopyTo(content.AsSpan((int)offset));
        return true;
    }

    /// <inheritdoc/>
    public bool Flush() => true;
}
