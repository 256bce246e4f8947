using Soc.Memory;

namespace Soc.Tlb;

/// <summary>The result of one kind (rule K1): where accesses of this kind go.</summary>
internal struct TlbSlot
{
    /// <summary>State of the kind.</summary>
    public KindState State;

    /// <summary>
    /// The section at the end of the chain. Null while armed or uncached, and when a strategy gave the result's room to another
    /// kind. A disabled kind has one only where a strategy lets accesses fall through (softtlb.md section 3.4, second trap).
    /// </summary>
    public Section? Section;

    /// <summary>The memory that a direct kind reaches; else null. Stays when the section is given up.</summary>
    public RamRegion? Memory;

    /// <summary>Offset in the section's leaf of the page's first byte.</summary>
    public ulong Offset;

    /// <summary>Bit (owner and 63) of every IOMMU region on the way.</summary>
    public ulong Owners;

    /// <summary>The last IOMMU region on the way.</summary>
    public IommuRegion? Last;

    /// <summary>The snapshots that the result was made from, when it must be compared with them at every use; else null.</summary>
    public SnapshotChain? Snapshots;

    /// <summary>Whether accesses reach host memory and there is nothing to compare first.</summary>
    public readonly bool IsPlain => State == KindState.Direct && Section is not null && Snapshots is null;

    /// <summary>Begins a new result, uncached until it proves to be more; what the one before left is forgotten.</summary>
    /// <param name="owners">Bits of the IOMMU regions on the way.</param>
    /// <param name="last">The last of them.</param>
    /// <param name="snapshots">What the result must be compared with.</param>
    public void Begin(ulong owners, IommuRegion? last, SnapshotChain? snapshots)
    {
        State = KindState.Uncached;
        Offset = 0;
        Owners = owners;

        // Most entries pass no region, and every reference written costs a barrier.
        Put(ref Section, null);
        Put(ref Memory, null);
        Put(ref Last, last);
        Put(ref Snapshots, snapshots);
    }

    /// <summary>The result of a page of host memory that is reached through no IOMMU region.</summary>
    /// <param name="section">The section that holds the page.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="offset">Offset of the page in the memory.</param>
    public void SetDirect(Section section, RamRegion memory, ulong offset)
    {
        State = KindState.Direct;
        Offset = offset;
        Owners = 0;
        Put(ref Section, section);
        Put(ref Memory, memory);
        Put(ref Last, null);
        Put(ref Snapshots, null);
    }

    /// <summary>Writes a reference where it is another one.</summary>
    public static void Put<T>(ref T? place, T? value)
        where T : class
    {
        if (!ReferenceEquals(place, value))
        {
            place = value;
        }
    }

    /// <summary>Whether an access must translate before it uses this slot.</summary>
    public readonly bool NeedsTranslation => State switch
    {
        KindState.Armed => true,
        KindState.Direct or KindState.Sink => Section is null || (Snapshots is not null && !Snapshots.IsCurrent),
        _ => false,
    };
}
