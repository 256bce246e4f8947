using Soc.Memory;

namespace Soc.Tlb;

/// <summary>The architecture's translation of virtual addresses: page tables and PMP of a hart, identity for a DMA engine.</summary>
public interface IPageWalker
{
    /// <summary>Translates one access that does not cross a 4 KiB page.</summary>
    /// <param name="virtualAddress">First byte.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="kind">Load, store or fetch.</param>
    /// <param name="context">The TLB context, which stands for privilege and everything else that changes the answer.</param>
    /// <param name="walk">What was found.</param>
    /// <returns>0, or the walker's own fault code (a hart: the exception cause).</returns>
    int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk);
}
