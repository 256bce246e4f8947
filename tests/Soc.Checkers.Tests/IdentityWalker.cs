using Soc.Memory;
using Soc.Tlb;

namespace Soc.Checkers.Tests;

/// <summary>Maps 4 KiB pages to themselves, for every kind of access.</summary>
/// <param name="attributes">What the accesses of a context carry.</param>
/// <param name="mask">Bits of the address that reach the bus.</param>
internal sealed class IdentityWalker(Func<int, TransactionAttributes> attributes, ulong mask = ulong.MaxValue) : IPageWalker
{
    public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        walk = new PageWalk
        {
            PhysicalAddress = virtualAddress & mask,
            Granted = AccessKinds.All,
            Log2Size = 12,
            Homogeneous = true,
            Attributes = attributes(context),
        };
        return 0;
    }
}
