using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Iommu;

/// <summary>
/// The IOMMU as an initiator of an address space, with attributes of its own: checkers of the memory tree judge its table reads and
/// queue writes like anybody's. The memory tree knows no poison, so <see cref="IommuBusResult.Poisoned"/> never occurs; an access
/// that would have to wait for another actor is refused.
/// </summary>
/// <param name="initiator">The IOMMU as an initiator.</param>
/// <param name="space">What it sees.</param>
/// <param name="attributes">What its transactions carry.</param>
public sealed class AddressSpaceBus(IInitiator initiator, AddressSpace space, TransactionAttributes attributes) : IIommuBus
{
    private readonly IInitiator _initiator = initiator ?? throw new ArgumentNullException(nameof(initiator));
    private readonly AddressSpace _space = space ?? throw new ArgumentNullException(nameof(space));

    /// <inheritdoc/>
    public IommuBusResult Read(ulong address, Span<byte> into) =>
        Outcome(_space.Read(_initiator, address, into, AccessKind.Load, attributes));

    /// <inheritdoc/>
    public IommuBusResult Write(ulong address, ReadOnlySpan<byte> from)
    {
        // A split write must not leave half of a record: every part is resolved before the first byte is touched.
        for (int at = 0; at < from.Length;)
        {
            ulong here = address + (ulong)at;
            AccessResult result = TranslationChain.Resolve(
                _space, here, (ulong)(from.Length - at), AccessKind.Store, attributes, null, out ResolvedAccess resolved);
            if (result != AccessResult.Ok || resolved.Section.IsBlockedSink)
            {
                // The sink must still see its part of the access: that is how a checker records who was refused.
                return Outcome(result | _space.Write(_initiator, here, from.Slice(at, (int)resolved.Length), attributes));
            }

            at += (int)resolved.Length;
        }

        return Outcome(_space.Write(_initiator, address, from, attributes));
    }

    /// <inheritdoc/>
    public IommuBusResult CompareExchange(ulong address, int size, ulong expected, ulong desired, out ulong found)
    {
        AccessResult result = TranslationChain.Resolve(
            _space, address & ~7UL, 8, AccessKind.Store, attributes, null, out ResolvedAccess at);
        if (result == AccessResult.Ok && at.Length == 8 && !at.Section.ReadOnly && at.Section.DirectMemory(AccessKind.Store) is { } ram)
        {
            found = size == 8
                ? ram.Memory.CompareExchange(at.Offset, expected, desired)
                : ExchangeHalf(ram.Memory, at.Offset, (int)(address & 4) * 8, expected, desired);
            if (found == expected)
            {
                ram.Dirty?.Mark(at.Offset, 8);
            }

            return IommuBusResult.Ok;
        }

        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        IommuBusResult read = Read(address, bytes[..size]);
        found = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (read != IommuBusResult.Ok || found != expected)
        {
            return read;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, desired);
        return Write(address, bytes[..size]);
    }

    private static ulong ExchangeHalf(GuestMemory memory, ulong offset, int shift, ulong expected, ulong desired)
    {
        Span<byte> bytes = stackalloc byte[8];
        while (true)
        {
            memory.Read(offset, bytes);
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong half = (word >> shift) & uint.MaxValue;
            if (half != expected)
            {
                return half;
            }

            ulong next = (word & ~((ulong)uint.MaxValue << shift)) | (desired << shift);
            if (memory.CompareExchange(offset, word, next) == word)
            {
                return expected;
            }
        }
    }

    private static IommuBusResult Outcome(AccessResult result) =>
        result == AccessResult.Ok ? IommuBusResult.Ok : IommuBusResult.Refused;
}
