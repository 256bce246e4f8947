using Soc.Memory;

namespace Soc.Tlb;

/// <summary>What a successful page walk found.</summary>
public struct PageWalk
{
    /// <summary>Physical address of the virtual address that was asked for.</summary>
    public ulong PhysicalAddress;

    /// <summary>Kinds that the page table (and PMP) grant; contains the kind asked for.</summary>
    public AccessKinds Granted;

    /// <summary>Log2 of the bytes that this leaf maps; at least 12.</summary>
    public int Log2Size;

    /// <summary>False when protection differs inside the 4 KiB page: the answer holds for this access only and is not cached (case TL16).</summary>
    public bool Homogeneous;

    /// <summary>Attributes of accesses through this translation; constant for a context between flushes (softtlb.md section 2.3).</summary>
    public TransactionAttributes Attributes;

    /// <summary>Page-table entries read.</summary>
    public int Reads;
}
