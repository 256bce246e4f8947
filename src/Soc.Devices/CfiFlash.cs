using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// A pair of 16-bit parallel flash chips side by side, of the Intel command set (JEDEC JESD68.01 "Common Flash Interface", command set 0x0001), as
/// QEMU's virt machine has: loads read the array directly while it is in array mode, stores are commands. Self-locking.
/// </summary>
/// <remarks>
/// <code>
/// command (each half of a 32-bit store)      then loads read
/// 0xff  read array                           the array
/// 0x70  read status                          status: bit 7 ready, 5 erase failed, 4 program failed, 1 block locked
/// 0x50  clear status                         (mode stays)
/// 0x90  read identity                        word 0 maker 0x89, word 1 chip 0x18, word 2 of a block: 0 = unlocked
/// 0x98  read query (CFI)                     the query table, one byte a word
/// 0x40, 0x10  program, then the word         status; bits can only be cleared
/// 0x20  erase block, then 0xd0               status; the block reads all ones
/// 0xe8  buffer: words - 1, words, 0xd0       status
/// 0x60  lock (0x01) / unlock (0xd0)          status
/// </code>
/// Behind a <see cref="RomDeviceRegion"/>, a mode other than array needs the region to leave ROM mode, which the memory tree does at its next commit;
/// without a tree that follows (see <see cref="IsReadOnly"/>) the chips take no command and are read-only memory.
/// </remarks>
public sealed class CfiFlash : IBusDevice
{
    private const int BankWidth = 4;
    private const byte StatusReady = 0x80;
    private const byte StatusEraseFailed = 0x20;
    private const byte StatusProgramFailed = 0x10;
    private const int BufferBytes = 2048;

    private readonly Lock _lock = new();
    private readonly GuestMemory _array;
    private readonly ulong _blockSize;
    private readonly byte[] _query;
    private byte _command = 0xFF;
    private byte _setup;
    private byte _status = StatusReady;
    private int _bufferLeft;
    private bool _bufferCounted;
    private readonly List<(ulong Offset, uint Value)> _buffer = [];

    /// <summary>Creates the chips over an array that holds their content.</summary>
    /// <param name="array">The content; its size is a power of two and at least one block.</param>
    /// <param name="blockSize">Bytes of an erase block of both chips together.</param>
    /// <param name="readOnly">Ignores all commands.</param>
    public CfiFlash(GuestMemory array, ulong blockSize = 0x40000, bool readOnly = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (!ulong.IsPow2(array.Size) || !ulong.IsPow2(blockSize) || blockSize < BufferBytes || array.Size < blockSize)
        {
            throw new ArgumentOutOfRangeException(nameof(blockSize), blockSize, "flash and block sizes are powers of two, and the flash holds a block");
        }

        _array = array;
        _blockSize = blockSize;
        IsReadOnly = readOnly;
        _query = QueryOf(array.Size, blockSize);
    }

    /// <summary>Whether commands are ignored.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether loads read the array.</summary>
    public bool IsArrayMode
    {
        get
        {
            lock (_lock)
            {
                return _command == 0xFF;
            }
        }
    }

    /// <summary>Called with the new value when <see cref="IsArrayMode"/> changes; the owner of the region switches its ROM mode.</summary>
    public Action<bool>? ArrayModeChanged { get; set; }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        lock (_lock)
        {
            if (_command == 0xFF)
            {
                _array.Read(access.Offset, bytes[..access.Size]);
            }
            else
            {
                for (int i = 0; i < access.Size; i++)
                {
                    bytes[i] = ReadByte(access.Offset + (ulong)i);
                }
            }
        }

        value = BitConverter.ToUInt64(bytes);
        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (IsReadOnly)
        {
            return AccessResult.Ok;
        }

        if (access.Size != BankWidth)
        {
            return access.Size < BankWidth ? Command(access.Offset, (uint)value, access.Size) : AccessResult.Error;
        }

        return Command(access.Offset, (uint)value, BankWidth);
    }

    private static byte[] QueryOf(ulong size, ulong blockSize)
    {
        byte[] query = new byte[0x60];
        "QRY"u8.CopyTo(query.AsSpan(0x10));
        query[0x13] = 1; // Intel extended command set
        query[0x15] = 0x31; // extended table
        query[0x1B] = 0x45; // 4.5 V
        query[0x1C] = 0x55; // 5.5 V
        query[0x1F] = 7; // times of program, buffer and erase: 2^n
        query[0x20] = 7;
        query[0x21] = 10;
        query[0x23] = 4;
        query[0x24] = 4;
        query[0x25] = 4;

        // Sizes are of one of two chips that share every access.
        query[0x27] = (byte)ulong.Log2(size / 2);
        query[0x28] = 2; // 8 and 16 bit
        query[0x2A] = (byte)int.Log2(BufferBytes / 2);
        query[0x2C] = 1; // one region of equal blocks
        ulong blocks = (size / blockSize) - 1;
        ulong units = blockSize / 2 / 256;
        query[0x2D] = (byte)blocks;
        query[0x2E] = (byte)(blocks >> 8);
        query[0x2F] = (byte)units;
        query[0x30] = (byte)(units >> 8);
        "PRI10"u8.CopyTo(query.AsSpan(0x31));
        return query;
    }

    private byte ReadByte(ulong offset)
    {
        // The chips sit on halves of a word; each shows a byte in the lower half of its lane.
        if (offset % 2 != 0)
        {
            return 0;
        }

        ulong word = offset / BankWidth;
        return _command switch
        {
            0x90 => (word & 0xFF) switch
            {
                0 => 0x89,
                1 => 0x18,
                _ => 0,
            },
            0x98 => word < (ulong)_query.Length ? _query[word] : (byte)0,
            _ => _status,
        };
    }

    private AccessResult Command(ulong offset, uint value, int size)
    {
        bool? changed = null;
        lock (_lock)
        {
            bool before = _command == 0xFF;
            Execute(offset, value, size);
            if (before != (_command == 0xFF))
            {
                changed = _command == 0xFF;
            }
        }

        if (changed is { } arrayMode)
        {
            ArrayModeChanged?.Invoke(arrayMode);
        }

        return AccessResult.Ok;
    }

    private void Execute(ulong offset, uint value, int size)
    {
        byte command = (byte)value;
        switch (_setup)
        {
            case 0x40:
                Program(offset, value, size);
                _setup = 0;
                return;
            case 0x20:
                _status = (byte)(command == 0xD0 ? StatusReady : StatusReady | StatusEraseFailed | StatusProgramFailed);
                if (command == 0xD0)
                {
                    Erase(offset);
                }

                _setup = 0;
                return;
            case 0x60:
                _status = StatusReady;
                _setup = 0;
                return;
            case 0xE8:
                Buffer(offset, value);
                return;
        }

        switch (command)
        {
            case 0x10 or 0x40:
                _setup = 0x40;
                _command = 0x70;
                break;
            case 0x20 or 0x60:
                _setup = command;
                _command = 0x70;
                break;
            case 0xE8:
                _setup = command;
                _command = 0x70;
                _bufferCounted = false;
                _buffer.Clear();
                break;
            case 0x50:
                _status = StatusReady;
                break;
            case 0x70 or 0x90 or 0x98:
                _command = command;
                break;
            default:
                _command = 0xFF;
                break;
        }
    }

    private void Buffer(ulong offset, uint value)
    {
        if (!_bufferCounted)
        {
            _bufferCounted = true;
            _bufferLeft = (int)Math.Min((value & 0xFFFF) + 1, BufferBytes / BankWidth);
            return;
        }

        if (_bufferLeft-- > 0)
        {
            _buffer.Add((offset, value));
            return;
        }

        _setup = 0;
        if ((byte)value != 0xD0)
        {
            _status = StatusReady | StatusProgramFailed | StatusEraseFailed;
            return;
        }

        foreach ((ulong at, uint word) in _buffer)
        {
            Program(at, word, BankWidth);
        }
    }

    private void Program(ulong offset, uint value, int size)
    {
        Span<byte> bytes = stackalloc byte[BankWidth];
        _array.Read(offset, bytes[..size]);
        for (int i = 0; i < size; i++)
        {
            bytes[i] &= (byte)(value >> (8 * i));
        }

        _array.Write(offset, bytes[..size]);
        _status = StatusReady;
    }

    private void Erase(ulong offset)
    {
        Span<byte> ones = stackalloc byte[1024];
        ones.Fill(0xFF);
        ulong block = offset & ~(_blockSize - 1);
        for (ulong at = 0; at < _blockSize; at += (ulong)ones.Length)
        {
            _array.Write(block + at, ones);
        }
    }
}
