using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// Registers that keep what is written, without any side effect: for studies and tests that need something that is not memory
/// behind a checker, because every access to it is a call.
/// </summary>
/// <remarks>Any naturally aligned width of 1, 2, 4 or 8 bytes; zero after reset.</remarks>
public sealed class ScratchDevice : IBusDevice
{
    /// <summary>Bytes of the register block: four pages.</summary>
    public const ulong RegionSize = 0x4000;

    private readonly byte[] _bytes = new byte[RegionSize];
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        lock (_lock)
        {
            _bytes.AsSpan((int)access.Offset, access.Size).CopyTo(bytes);
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        lock (_lock)
        {
            bytes[..access.Size].CopyTo(_bytes.AsSpan((int)access.Offset));
        }

        return AccessResult.Ok;
    }
}
