using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Soc.RiscV.Decoding;

/// <summary>
/// Decoded code of one host page: a slot per halfword, decoded when first executed, shared by all virtual mappings of the
/// page. Keeps the bytes that the slots reflect, so that FENCE.I can drop exactly what has changed.
/// </summary>
internal sealed class DecodedPage
{
    private const int Halfwords = 2048;

    // Slots from the first to the third instruction of a group, at most.
    private const int FusedReach = 4;

    private readonly ushort[] _parcels = new ushort[Halfwords];
    private readonly Extensions _extensions;

    public DecodedPage(nint host, int generation, Extensions extensions)
    {
        Host = host;
        _extensions = extensions;
        Generation = generation;
        Slots = new DecodedInstruction[Halfwords + 1];
        Slots[Halfwords] = DecodedInstruction.Mark(Opcode.PageEnd);
        HostParcels.CopyTo(_parcels);
    }

    /// <summary>Host address of the page's first byte.</summary>
    public nint Host { get; }

    /// <summary>The hart's count of FENCE.I at the last comparison.</summary>
    public int Generation { get; private set; }

    /// <summary>Clock bit of the cache's eviction.</summary>
    public bool Recent { get; set; } = true;

    /// <summary>One slot per halfword, and an end mark.</summary>
    public DecodedInstruction[] Slots { get; }

    // A span over host memory without unsafe code; the SoC keeps guest memory alive longer than its harts.
    private ReadOnlySpan<ushort> HostParcels =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<ushort>(), Host), Halfwords);

    /// <summary>Decodes the slot of a halfword from what memory holds now.</summary>
    public void Decode(int index)
    {
        ReadOnlySpan<ushort> host = HostParcels;
        uint bits = host[index];
        Observe(index, (ushort)bits);
        if (Decoder.IsLong(bits))
        {
            if (index == Halfwords - 1)
            {
                Slots[index] = DecodedInstruction.Mark(Opcode.Straddle) with { Length = 4, Bits = bits };
                return;
            }

            ushort second = host[index + 1];
            Observe(index + 1, second);
            bits |= (uint)second << 16;
        }

        Slots[index] = Decoder.Decode(bits, _extensions);
        for (int first = Math.Max(index - FusedReach, 0); first <= index; first++)
        {
            Fuse(first);
        }
    }

    /// <summary>FENCE.I: forgets the slots whose bytes have changed since they were decoded.</summary>
    public void Refresh(int generation)
    {
        Generation = generation;
        ReadOnlySpan<ushort> host = HostParcels;
        int from = 0;
        while (true)
        {
            int same = host[from..].CommonPrefixLength(_parcels.AsSpan(from));
            from += same;
            if (from == Halfwords)
            {
                return;
            }

            Observe(from, host[from]);
            from++;
        }
    }

    /// <summary>Takes note of a halfword's value; the slots that were decoded from another value go.</summary>
    private void Observe(int index, ushort parcel)
    {
        if (_parcels[index] == parcel)
        {
            return;
        }

        _parcels[index] = parcel;
        for (int first = Math.Max(index - FusedReach - 1, 0); first <= index; first++)
        {
            // What comes before the changed instruction may be executed together with it.
            ref DecodedInstruction slot = ref Slots[first];
            slot.Opcode = index - first < 2 ? Opcode.Undecoded : slot.Opcode;
            slot.Dispatch = slot.Opcode;
        }
    }

    /// <summary>Joins the instruction at a slot with the next one or two, if they are decoded and a declared group.</summary>
    private void Fuse(int index)
    {
        ref DecodedInstruction first = ref Slots[index];
        if (first.Opcode is Opcode.Undecoded or Opcode.Straddle)
        {
            return;
        }

        int next = index + (first.Length / 2);
        first.Dispatch = FusedGroup.Of(first.Opcode, Slots[next].Opcode);
        if (first.Dispatch != first.Opcode)
        {
            next += Slots[next].Length / 2;
            first.Dispatch = FusedGroup.Of(first.Dispatch, Slots[next].Opcode);
        }
    }
}
