namespace Soc.Tlb;

/// <summary>
/// What the fast path reads: one compare word per kind and the host addend, 32 bytes (softtlb.md section 3.1).
/// A compare word is the virtual page, with flags in the low bits, or all ones when the kind cannot hit.
/// </summary>
internal struct TlbEntry
{
    /// <summary>Compare word of loads.</summary>
    public ulong Load;

    /// <summary>Compare word of stores.</summary>
    public ulong Store;

    /// <summary>Compare word of fetches.</summary>
    public ulong Fetch;

    /// <summary>Host address minus virtual address.</summary>
    public nint Addend;
}
