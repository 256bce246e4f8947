namespace Soc.Devices.Virtio.Block;

/// <summary>
/// Keeps what is written in host memory, in blocks of 4 KiB, over a base that is never changed: several runs can share a disk image, and a replay
/// finds it as it was.
/// </summary>
/// <param name="underlying">What unwritten blocks read.</param>
public sealed class OverlayBacking(IBlockBacking underlying) : IBlockBacking
{
    private const int BlockSize = 4096;
    private readonly Dictionary<ulong, byte[]> _written = [];

    /// <inheritdoc/>
    public ulong Length => underlying.Length;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <summary>Bytes of host memory that written blocks take.</summary>
    public ulong WrittenBytes => (ulong)_written.Count * BlockSize;

    /// <inheritdoc/>
    public bool Read(ulong offset, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            int within = (int)(offset % BlockSize);
            int part = Math.Min(into.Length, BlockSize - within);
            if (_written.TryGetValue(offset / BlockSize, out byte[]? block))
            {
                block.AsSpan(within, part).CopyTo(into);
            }
            else if (!underlying.Read(offset, into[..part]))
            {
                return false;
            }

            into = into[part..];
            offset += (ulong)part;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, ReadOnlySpan<byte> from)
    {
        while (!from.IsEmpty)
        {
            int within = (int)(offset % BlockSize);
            int part = Math.Min(from.Length, BlockSize - within);
            ulong number = offset / BlockSize;
            if (!_written.TryGetValue(number, out byte[]? block))
            {
                block = new byte[BlockSize];
                int there = (int)Math.Min(BlockSize, underlying.Length - (number * BlockSize));
                if (part < there && !underlying.Read(number * BlockSize, block.AsSpan(0, there)))
                {
                    return false;
                }

                _written.Add(number, block);
            }

            from[..part].CopyTo(block.AsSpan(within));
            from = from[part..];
            offset += (ulong)part;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Flush() => true;
}
