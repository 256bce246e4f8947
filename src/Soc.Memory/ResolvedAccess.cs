using System.Buffers.Binary;
using System.Numerics;

namespace Soc.Memory;

/// <summary>Where an access ends after all IOMMU regions: the end of a translation chain (softtlb.md section 2.2).</summary>
/// <param name="Section">The section of the last address space; unassigned after a decode error.</param>
/// <param name="Offset">Offset in the section's leaf.</param>
/// <param name="Length">Bytes that share this answer, at most what was asked for, at least 1.</param>
/// <param name="Mask">AND of all masks of the chain: the answer holds in the naturally aligned block of this size minus one.</param>
/// <param name="Kinds">Kinds for which the same answer holds.</param>
/// <param name="Depth">IOMMU regions passed.</param>
/// <param name="Owners">Bit (owner and 63) of every IOMMU region passed.</param>
/// <param name="Last">The last IOMMU region passed, if any; for a refused access the one that refused it.</param>
public readonly record struct ResolvedAccess(
    Section Section, ulong Offset, ulong Length, ulong Mask, AccessKinds Kinds, int Depth, ulong Owners, IommuRegion? Last)
{
    /// <summary>Reads from the end of the chain, at most <see cref="Length"/> bytes; what fails reads as zero.</summary>
    /// <param name="initiator">Who reads.</param>
    /// <param name="address">Address on the initiator's bus of the first byte.</param>
    /// <param name="kind">Load or fetch.</param>
    /// <param name="attributes">The transaction's attributes.</param>
    /// <param name="into">Receives the bytes.</param>
    public AccessResult Read(IInitiator initiator, ulong address, AccessKind kind, TransactionAttributes attributes, Span<byte> into)
    {
        if (Section.DirectMemory(kind) is { } ram)
        {
            ram.Memory.Read(Offset, into);
            return AccessResult.Ok;
        }

        into.Clear();
        if (Refusal(attributes) is var refused and not AccessResult.Ok)
        {
            return refused;
        }

        AccessResult result = AccessResult.Ok;
        Span<byte> piece = stackalloc byte[8];
        for (int done = 0; done < into.Length;)
        {
            int size = PieceSize(Offset + (ulong)done, into.Length - done);
            var access = new BusAccess(Offset + (ulong)done, size, kind, attributes, address + (ulong)done, initiator);
            AccessResult part = Section.Device is { } device ? device.Read(access, out ulong value) : NotCallable(out value);
            if (part == AccessResult.Ok)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(piece, value);
                piece[..size].CopyTo(into[done..]);
            }

            result |= part;
            done += size;
        }

        return result;
    }

    /// <summary>Writes to the end of the chain, at most <see cref="Length"/> bytes.</summary>
    public AccessResult Write(IInitiator initiator, ulong address, TransactionAttributes attributes, ReadOnlySpan<byte> from)
    {
        if (Section.DirectMemory(AccessKind.Store) is { } ram)
        {
            if (!Section.ReadOnly)
            {
                ram.Dirty?.Mark(Offset, (ulong)from.Length);
                ram.Memory.Write(Offset, from);
            }

            return AccessResult.Ok;
        }

        if (Refusal(attributes) is var refused and not AccessResult.Ok)
        {
            return refused;
        }

        AccessResult result = AccessResult.Ok;
        Span<byte> piece = stackalloc byte[8];
        for (int done = 0; done < from.Length;)
        {
            int size = PieceSize(Offset + (ulong)done, from.Length - done);
            piece.Clear();
            from.Slice(done, size).CopyTo(piece);
            var access = new BusAccess(Offset + (ulong)done, size, AccessKind.Store, attributes, address + (ulong)done, initiator);
            result |= Section.ReadOnly ? AccessResult.Ok
                : Section.Device is { } device ? device.Write(access, BinaryPrimitives.ReadUInt64LittleEndian(piece))
                : NotCallable(out _);
            done += size;
        }

        return result;
    }

    /// <summary>Bytes of the next naturally aligned piece of at most 8.</summary>
    public static int PieceSize(ulong offset, int remaining)
    {
        int aligned = offset == 0 ? 8 : 1 << Math.Min(3, BitOperations.TrailingZeroCount(offset));
        return Math.Min(aligned, 1 << BitOperations.Log2((uint)Math.Min(remaining, 8)));
    }

    private AccessResult Refusal(TransactionAttributes attributes) =>
        Section.IsUnassigned ? AccessResult.DecodeError
        : attributes.IsMemoryOnly && Section.Leaf is not RamRegion ? AccessResult.AccessError
        : AccessResult.Ok;

    private AccessResult NotCallable(out ulong value)
    {
        value = 0;
        return Section.Leaf is RemoteRegion ? AccessResult.Pending : AccessResult.DecodeError;
    }
}
