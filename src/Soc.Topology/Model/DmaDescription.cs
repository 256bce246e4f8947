using Soc.Devices.Dma;

namespace Soc.Topology;

/// <summary>A DMA engine: an initiator of its own.</summary>
public sealed record DmaDescription
{
    /// <summary>Bytes of an engine's register block.</summary>
    public const ulong RegisterBlockSize = DmaEngine.RegionSize;

    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>First address of its registers.</summary>
    public required ulong Base { get; init; }

    /// <summary>Source number at the PLIC; null = none.</summary>
    public int? Interrupt { get; init; }

    /// <summary>Channels, each with its own descriptor ring and WID marker.</summary>
    public required int Channels { get; init; }

    /// <summary>Bit set of WIDs that the channels' markers may be set to.</summary>
    public required uint Worlds { get; init; }

    /// <summary>Clock, Hz.</summary>
    public required ulong Frequency { get; init; }

    /// <summary>Most bytes of one bus beat: a power of two, 1..64.</summary>
    public required int BeatSize { get; init; }

    /// <summary>What its transactions carry.</summary>
    public InitiatorIdentity Identity { get; init; } = new();

    /// <summary>The engine's private TLB.</summary>
    public TlbDescription Tlb { get; init; } = TlbDescription.OfDevice;

    /// <summary>The IOMMU that translates its addresses; null = they are addresses of the bus.</summary>
    public DmaIommuDescription? Iommu { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
