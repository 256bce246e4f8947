using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Devices.Virtio;

/// <summary>Guest memory as a virtio device reaches it: through its private TLB, in lines where that is possible.</summary>
/// <param name="tlb">The TLB: context 0 reads, context 1 writes, so that copies between equal page indexes do not evict each other.</param>
internal sealed class VirtioMemory(SoftTlb tlb)
{
    private const int LineSize = 64;
    private int _context = -1;

    /// <summary>Bytes moved since this was last asked.</summary>
    public ulong Moved { get; private set; }

    /// <summary>Takes the count of moved bytes away.</summary>
    public ulong TakeMoved()
    {
        ulong moved = Moved;
        Moved = 0;
        return moved;
    }

    public void Read(ulong address, Span<byte> into)
    {
        Use(0);
        Moved += (ulong)into.Length;
        Span<byte> bytes = stackalloc byte[8];
        while (!into.IsEmpty)
        {
            if (into.Length >= LineSize && address % LineSize == 0 && tlb.TryRead(address, out Vector512<byte> line))
            {
                MemoryMarshal.Write(into, line);
                into = into[LineSize..];
                address += LineSize;
                continue;
            }

            int size = ResolvedAccess.PieceSize(address, into.Length);
            if (tlb.Read(address, size, out ulong value) is var outcome and not TlbOutcome.Ok)
            {
                throw Refused(outcome, address);
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            bytes[..size].CopyTo(into);
            into = into[size..];
            address += (ulong)size;
        }
    }

    public void Write(ulong address, ReadOnlySpan<byte> from)
    {
        Use(1);
        Moved += (ulong)from.Length;
        Span<byte> bytes = stackalloc byte[8];
        while (!from.IsEmpty)
        {
            if (from.Length >= LineSize && address % LineSize == 0 && tlb.TryWrite(address, MemoryMarshal.Read<Vector512<byte>>(from)))
            {
                from = from[LineSize..];
                address += LineSize;
                continue;
            }

            int size = ResolvedAccess.PieceSize(address, from.Length);
            bytes.Clear();
            from[..size].CopyTo(bytes);
            if (tlb.Write(address, size, BinaryPrimitives.ReadUInt64LittleEndian(bytes)) is var outcome and not TlbOutcome.Ok)
            {
                throw Refused(outcome, address);
            }

            from = from[size..];
            address += (ulong)size;
        }
    }

    /// <summary>A ring field: one access, so that nobody sees half of it.</summary>
    public ushort ReadHalf(ulong address)
    {
        Use(0);
        return tlb.Read(address, 2, out ulong value) is var outcome and not TlbOutcome.Ok ? throw Refused(outcome, address) : (ushort)value;
    }

    /// <summary>A ring field: one access, after all stores before it.</summary>
    public void WriteHalf(ulong address, ushort value)
    {
        Use(1);
        Interlocked.MemoryBarrier();
        if (tlb.Write(address, 2, value) is var outcome and not TlbOutcome.Ok)
        {
            throw Refused(outcome, address);
        }
    }

    private Exception Refused(TlbOutcome outcome, ulong address) => outcome == TlbOutcome.WalkFault && tlb.Fault.Code == (int)DmaTranslation.Ask
        ? new VirtioTranslationException($"0x{address:x} is to be translated")
        : new VirtioFaultException($"no access at 0x{address:x}");

    private void Use(int context)
    {
        if (_context != context)
        {
            _context = context;
            tlb.UseContexts(context, context);
        }
    }
}
