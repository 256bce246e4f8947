using Soc.Memory;
using Soc.RiscV.Mmu;

namespace Soc.RiscV.Sanitizing;

/// <summary>A translation of one 4 KiB page that a walk found, and that hardware may keep until a fence covers it.</summary>
internal sealed class ShadowTranslation
{
    /// <summary>satp when it was found.</summary>
    public required ulong Satp { get; init; }

    /// <summary>The page: its address without the bits above those that are translated, shifted right by 12.</summary>
    public required ulong VirtualPage { get; init; }

    /// <summary>The entries read, the root's first; the last one is the leaf.</summary>
    public required ReferenceStep[] Path { get; init; }

    /// <summary>Log2 of the leaf's size.</summary>
    public required int Log2Size { get; init; }

    /// <summary>Physical address of the 4 KiB page.</summary>
    public required ulong PhysicalPage { get; init; }

    /// <summary>Whether any entry of the path is global: then no address-space id limits it.</summary>
    public required bool Global { get; init; }

    /// <summary>What PMP granted to the whole page; none when its entries end inside the page.</summary>
    public AccessKinds Protection { get; set; }

    /// <summary>Position of the last use in the order of events.</summary>
    public ulong LastUse { get; set; }

    /// <summary>Position of the last fence that covered it while it was still true; 0 for none.</summary>
    public ulong Refetched { get; set; }

    /// <summary>pc of that fence.</summary>
    public ulong RefetchedAt { get; set; }

    /// <summary>The address-space id.</summary>
    public ushort AddressSpaceId => (ushort)(Satp >> 44);

    /// <summary>The leaf entry.</summary>
    public ulong Leaf => Path[^1].Value;

    /// <summary>What the leaf grants in a context, dirty and accessed bits aside.</summary>
    public AccessKinds Rights(int context) => PageWalker.Rights(Leaf, context, TlbContexts.ModeOf(context));

    /// <summary>Whether two walks found the same.</summary>
    public bool TranslatesLike(ShadowTranslation other)
    {
        if (Path.Length != other.Path.Length || PhysicalPage != other.PhysicalPage || ((Satp ^ other.Satp) & ((1UL << 44) - 1)) != 0)
        {
            return false;
        }

        for (int i = 0; i < Path.Length; i++)
        {
            if (Path[i].Host != other.Path[i].Host || !Path[i].TranslatesLike(other.Path[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first entry of the path that memory no longer has like this; -1 when all are true.</summary>
    public int FirstChanged()
    {
        for (int i = 0; i < Path.Length; i++)
        {
            if (!Path[i].TranslatesLike(Soc.Tlb.HostWord.Read(Path[i].Host)))
            {
                return i;
            }
        }

        return -1;
    }
}
