namespace Soc.Topology;

/// <summary>A virtio device on the MMIO transport: an initiator of its own.</summary>
public sealed record VirtioDescription
{
    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required VirtioKind Kind { get; init; }

    /// <summary>First address of its registers.</summary>
    public required ulong Base { get; init; }

    /// <summary>Source number at the PLIC; null = none.</summary>
    public int? Interrupt { get; init; }

    /// <summary>Full path of a disk's image; null = an empty disk in memory.</summary>
    public string? File { get; init; }

    /// <summary>Bytes of a disk without an image.</summary>
    public ulong Size { get; init; }

    /// <summary>Whether a disk refuses writes.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether what is written to a disk stays in memory and is gone after the run.</summary>
    public bool IsOverlay { get; init; }

    /// <summary>The device's world in a machine with worlds.</summary>
    public int Wid { get; init; }

    /// <summary>How checkers know it.</summary>
    public InitiatorIdentity Identity { get; init; } = new();

    /// <summary>Clock, Hz.</summary>
    public required ulong Frequency { get; init; }

    /// <summary>The device's private TLB.</summary>
    public TlbDescription Tlb { get; init; } = TlbDescription.OfDevice;

    /// <summary>The IOMMU that translates its addresses; null = they are addresses of the bus.</summary>
    public DmaIommuDescription? Iommu { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
