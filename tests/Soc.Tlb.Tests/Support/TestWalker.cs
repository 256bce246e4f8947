using Soc.Memory;

namespace Soc.Tlb.Tests.Support;

/// <summary>A page table of the test's making: identity with everything granted unless a page says otherwise.</summary>
public sealed class TestWalker : IPageWalker
{
    public const int PageFault = 13;

    private readonly Dictionary<(int Context, ulong Page), TestPage> _pages = [];

    public TestPage Default { get; set; } = new(0, AccessKinds.All) { Identity = true };

    /// <summary>World of each context.</summary>
    public byte[] Worlds { get; } = new byte[64];

    public int Walks { get; private set; }

    /// <summary>Runs inside the walk, before the answer is given.</summary>
    public Action<ulong>? InsideWalk { get; set; }

    public void Map(int context, ulong virtualPage, TestPage page) => _pages[(context, virtualPage)] = page;

    public void Unmap(int context, ulong virtualPage) => _pages.Remove((context, virtualPage));

    /// <summary>The same answer without counting.</summary>
    public int Look(ulong virtualAddress, AccessKind kind, int context, out PageWalk walk)
    {
        walk = default;
        walk.Reads = 3;
        TestPage page = _pages.TryGetValue((context, virtualAddress & ~0xfffUL), out TestPage own) ? own : Default;
        if (!page.Granted.Includes(kind))
        {
            return PageFault + (int)kind;
        }

        walk.PhysicalAddress = (page.Identity ? virtualAddress & ~0xfffUL : page.PhysicalPage) | (virtualAddress & 0xfff);
        walk.Granted = page.Granted;
        walk.Log2Size = page.Log2Size;
        walk.Homogeneous = !page.Mixed;
        walk.Attributes = TransactionAttributes.Specified.WithWorld(Worlds[context]);
        return 0;
    }

    public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        Walks++;
        Assert.True((virtualAddress & 0xfff) + (ulong)size <= 0x1000, "the walker is asked for one page only");
        InsideWalk?.Invoke(virtualAddress);
        return Look(virtualAddress, kind, context, out walk);
    }
}
