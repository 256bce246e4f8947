namespace Soc.Tlb;

/// <summary>Reads guest memory by host address, as the TLB's parts give it.</summary>
public static unsafe class HostWord
{
    /// <summary>The naturally aligned 8 bytes at a host address.</summary>
    public static ulong Read(nint host) => Volatile.Read(ref *(ulong*)host);

    /// <summary>Two bytes of code.</summary>
    public static ushort ReadParcel(nint host) => *(ushort*)host;

    /// <summary>The host address of a byte of guest memory.</summary>
    public static nint AddressOf(Soc.Memory.RamRegion memory, ulong offset) => (nint)memory.Memory.PointerTo(offset);
}
