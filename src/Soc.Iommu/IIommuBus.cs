namespace Soc.Iommu;

/// <summary>
/// Memory as the IOMMU reaches it for tables, queues and interrupts. Each call is one access: it is refused as a whole when any
/// byte is, and nothing is written then.
/// </summary>
public interface IIommuBus
{
    /// <summary>Reads bytes.</summary>
    /// <param name="address">Physical address of the first byte.</param>
    /// <param name="into">Receives the bytes: 4, 8, 16, 32 or 64.</param>
    IommuBusResult Read(ulong address, Span<byte> into);

    /// <summary>Writes bytes; they are visible to everybody when the call returns.</summary>
    /// <param name="address">Physical address of the first byte.</param>
    /// <param name="from">The bytes: 4, 8, 16 or 32.</param>
    IommuBusResult Write(ulong address, ReadOnlySpan<byte> from);

    /// <summary>Replaces 4 or 8 bytes if they are still as expected, indivisibly.</summary>
    /// <param name="address">Physical address, naturally aligned.</param>
    /// <param name="size">Bytes: 4 or 8.</param>
    /// <param name="expected">The value to replace, as a little-endian number.</param>
    /// <param name="desired">The new value.</param>
    /// <param name="found">The value found; equal to <paramref name="expected"/> when it was replaced.</param>
    IommuBusResult CompareExchange(ulong address, int size, ulong expected, ulong desired, out ulong found);
}
