using System.Buffers.Binary;
using System.Text;
using Soc.Memory;

namespace Soc.Devices.Virtio.Block;

/// <summary>
/// A disk (virtio 1.2 section 5.2), one queue. What a driver was told to be written is safe after the next flush; a driver that cannot flush, or
/// that switches the write cache off, finds every write safe when it is done.
/// </summary>
/// <remarks>
/// <code>
/// request   type 4, reserved 4, sector 8 (device reads), data, status 1 (device writes: 0 done, 1 I/O error, 2 unsupported)
/// types     0 read, 1 write, 4 flush, 8 identity (20 bytes), 13 write zeroes
/// config    0x00 capacity 8 (sectors of 512), 0x08 size_max 4, 0x0c seg_max 4, 0x14 blk_size 4, 0x20 writeback 1 (RW), 0x22 num_queues 2,
///           0x30 max_write_zeroes_sectors 4, 0x34 max_write_zeroes_seg 4
/// </code>
/// </remarks>
public sealed class VirtioBlock : VirtioFunction
{
    /// <summary>Kind of device: block (virtio 1.2 section 5.2.1).</summary>
    public const uint BlockDeviceId = 2;

    private const ulong FeatureSegmentMaximum = 1UL << 2;
    private const ulong FeatureReadOnly = 1UL << 5;
    private const ulong FeatureBlockSize = 1UL << 6;
    private const ulong FeatureFlush = 1UL << 9;
    private const ulong FeatureConfigurableCache = 1UL << 11;
    private const ulong FeatureWriteZeroes = 1UL << 14;

    private const uint TypeRead = 0;
    private const uint TypeWrite = 1;
    private const uint TypeFlush = 4;
    private const uint TypeIdentity = 8;
    private const uint TypeWriteZeroes = 13;

    private const byte StatusOk = 0;
    private const byte StatusError = 1;
    private const byte StatusUnsupported = 2;

    private const int SectorSize = 512;
    private const int HeaderSize = 16;
    private const int IdentitySize = 20;
    private const int WritebackOffset = 0x20;
    private const uint MaximumZeroSectors = 1 << 20;
    private const int PieceSize = 65536;

    private readonly IBlockBacking _backing;
    private readonly byte[] _configuration = new byte[60];
    private readonly byte[] _identity = new byte[IdentitySize];
    private readonly byte[] _piece = new byte[PieceSize];

    /// <summary>Creates a disk.</summary>
    /// <param name="backing">Where its sectors are.</param>
    /// <param name="identity">What the guest sees as its serial number; at most 20 ASCII characters are used.</param>
    public VirtioBlock(IBlockBacking backing, string identity)
        : base(BlockDeviceId, 1)
    {
        ArgumentNullException.ThrowIfNull(backing);
        ArgumentNullException.ThrowIfNull(identity);
        _backing = backing;
        Encoding.ASCII.GetBytes(identity.AsSpan(0, Math.Min(identity.Length, IdentitySize)), _identity);
        BinaryPrimitives.WriteUInt64LittleEndian(_configuration, Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(0x0C), 126);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(0x14), SectorSize);
        BinaryPrimitives.WriteUInt16LittleEndian(_configuration.AsSpan(0x22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(0x30), MaximumZeroSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(0x34), 1);
        Reset();
    }

    /// <inheritdoc/>
    public override ulong Features => FeatureSegmentMaximum | FeatureBlockSize | FeatureFlush | FeatureConfigurableCache |
        (_backing.IsReadOnly ? FeatureReadOnly : FeatureWriteZeroes);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Configuration => _configuration;

    private ulong Sectors => _backing.Length / SectorSize;

    private bool WritesThrough => (Agreed & FeatureFlush) == 0 || ((Agreed & FeatureConfigurableCache) != 0 && _configuration[WritebackOffset] == 0);

    /// <inheritdoc/>
    public override void WriteConfiguration(int offset, byte value)
    {
        if (offset == WritebackOffset && (Agreed & FeatureConfigurableCache) != 0)
        {
            _configuration[WritebackOffset] = (byte)(value & 1);
            if (value == 0)
            {
                // Off means: what was written before is safe as well.
                _backing.Flush();
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset() => _configuration[WritebackOffset] = 1;

    /// <inheritdoc/>
    public override uint Handle(int queue, VirtioChain chain, IInitiator by)
    {
        ArgumentNullException.ThrowIfNull(chain);
        uint type = chain.ReadWord(0);
        ulong sector = chain.ReadDoubleword(8);
        if (chain.WritableLength == 0)
        {
            throw new VirtioFaultException("a block request has no place for its status");
        }

        // The status is the last writable byte, wherever the data before it ends.
        ulong room = chain.WritableLength - 1;
        ulong written = 0;
        byte status = type switch
        {
            TypeRead => Read(chain, sector, room, out written),
            TypeWrite => Write(chain, sector),
            TypeFlush => _backing.Flush() ? StatusOk : StatusError,
            TypeIdentity => Identify(chain, room, out written),
            TypeWriteZeroes when !_backing.IsReadOnly => WriteZeroes(chain),
            _ => StatusUnsupported,
        };
        chain.Write(room, [status]);
        return (uint)Math.Min(status == StatusOk ? room + 1 : written, uint.MaxValue);
    }

    private byte Read(VirtioChain chain, ulong sector, ulong length, out ulong written)
    {
        written = 0;
        if (!IsInside(sector, length))
        {
            return StatusError;
        }

        while (written < length)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(length - written, PieceSize));
            if (!_backing.Read((sector * SectorSize) + written, piece))
            {
                return StatusError;
            }

            chain.Write(written, piece);
            written += (ulong)piece.Length;
        }

        return StatusOk;
    }

    private byte Write(VirtioChain chain, ulong sector)
    {
        ulong length = chain.ReadableLength - HeaderSize;
        if (_backing.IsReadOnly || !IsInside(sector, length))
        {
            return StatusError;
        }

        for (ulong done = 0; done < length;)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(length - done, PieceSize));
            chain.Read(HeaderSize + done, piece);
            if (!_backing.Write((sector * SectorSize) + done, piece))
            {
                return StatusError;
            }

            done += (ulong)piece.Length;
        }

        return WritesThrough && !_backing.Flush() ? StatusError : StatusOk;
    }

    private byte Identify(VirtioChain chain, ulong room, out ulong written)
    {
        written = Math.Min(room, IdentitySize);
        chain.Write(0, _identity.AsSpan(0, (int)written));
        return StatusOk;
    }

    private byte WriteZeroes(VirtioChain chain)
    {
        if (chain.ReadableLength != HeaderSize + 16)
        {
            return StatusUnsupported;
        }

        ulong sector = chain.ReadDoubleword(HeaderSize);
        ulong sectors = chain.ReadWord(HeaderSize + 8);
        if (sectors > MaximumZeroSectors || !IsInside(sector, sectors * SectorSize))
        {
            return StatusError;
        }

        ulong left = sectors * SectorSize;
        Array.Clear(_piece);
        for (ulong at = sector * SectorSize; left > 0;)
        {
            int part = (int)Math.Min(left, PieceSize);
            if (!_backing.Write(at, _piece.AsSpan(0, part)))
            {
                return StatusError;
            }

            at += (ulong)part;
            left -= (ulong)part;
        }

        return WritesThrough && !_backing.Flush() ? StatusError : StatusOk;
    }

    private bool IsInside(ulong sector, ulong length) =>
        length % SectorSize == 0 && sector <= Sectors && length / SectorSize <= Sectors - sector;
}
