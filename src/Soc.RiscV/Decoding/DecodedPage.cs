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

    private readonly ushort[] _parcels = new ushort[Halfwords];

    public DecodedPage(nint host, int generation)
    {
        Host = host;
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

        Slots[index] = Decoder.Decode(bits);
        Fuse(index);
        Fuse(index - 1);
        Fuse(index - 2);
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
        for (int first = Math.Max(index - 3, 0); first <= index; first++)
        {
            // Up to two slots before the instruction that changed may be executed together with it.
            ref DecodedInstruction slot = ref Slots[first];
            slot.Opcode = index - first < 2 ? Opcode.Undecoded : slot.Opcode;
            slot.Dispatch = slot.Opcode;
        }
    }

    /// <summary>Joins the instruction at a slot with the next one, if both are decoded and are a declared pair.</summary>
    private void Fuse(int index)
    {
        if (index >= 0 && Slots[index] is { Opcode: not (Opcode.Undecoded or Opcode.Straddle) } first)
        {
            Slots[index].Dispatch = FusedPair.Of(first.Opcode, Slots[index + (first.Length / 2)].Opcode);
        }
    }
}
