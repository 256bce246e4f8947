namespace Soc.Memory;

/// <summary>
/// A flat range as handed out by a lookup. Immutable; belongs to one generation of one flat view. TLB entries hold
/// references to sections, never numbers relative to an address space (softtlb.md section 1.4).
/// </summary>
/// <param name="Space">The address space whose view this section belongs to.</param>
/// <param name="Leaf">The region that answers.</param>
/// <param name="Start">First address in the space.</param>
/// <param name="Last">Last address in the space, inclusive.</param>
/// <param name="OffsetInLeaf">Offset in <paramref name="Leaf"/> of <paramref name="Start"/>.</param>
/// <param name="ReadOnly">Stores are discarded.</param>
public sealed record Section(AddressSpace Space, MemoryRegion Leaf, ulong Start, ulong Last, ulong OffsetInLeaf, bool ReadOnly)
{
    private readonly RamRegion? _ram = Leaf as RamRegion;
    private readonly bool _isRomDevice = Leaf is RomDeviceRegion;

    /// <summary>Whether a ROM device was in ROM mode when the view was rendered (softtlb.md section 1.3); false for other leaves.</summary>
    public bool RomMode { get; init; }

    /// <summary>The leaf as a region that translates; null for other leaves.</summary>
    public IommuRegion? Iommu { get; } = Leaf as IommuRegion;

    /// <summary>Whether nothing answers here.</summary>
    public bool IsUnassigned { get; } = Leaf is ReservationRegion;

    /// <summary>Offset in the leaf of an address inside this section.</summary>
    public ulong OffsetOf(ulong address) => address - Start + OffsetInLeaf;

    /// <summary>Whether a checker's blocked sink answers here: accesses are refused.</summary>
    public bool IsBlockedSink { get; } = Leaf is MmioRegion { Device: IBlockedSink };

    /// <summary>The device that answers, when it can be called in place; null for other leaves.</summary>
    public IBusDevice? Device { get; } = Leaf switch
    {
        MmioRegion mmio => mmio.Device,
        RomDeviceRegion rom => rom.Device,
        _ => null,
    };

    /// <summary>The leaf as RAM, when every kind of access reaches host memory directly; null for other leaves, ROM among them.</summary>
    public RamRegion? PlainMemory { get; } = ReadOnly ? null : Leaf is RomDeviceRegion ? null : Leaf as RamRegion;

    /// <summary>The leaf as RAM, when the kind reaches host memory directly: RAM, ROM, or a ROM device read in ROM mode.</summary>
    public RamRegion? DirectMemory(AccessKind kind) => _isRomDevice && (kind == AccessKind.Store || !RomMode) ? null : _ram;
}
