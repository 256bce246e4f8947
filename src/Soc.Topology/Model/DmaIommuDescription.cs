namespace Soc.Topology;

/// <summary>How a DMA engine or a virtio device, which is one of a single channel, is connected to an IOMMU.</summary>
public sealed record DmaIommuDescription
{
    /// <summary>Name of the IOMMU.</summary>
    public required string Iommu { get; init; }

    /// <summary>Device id of each channel, 24 bits.</summary>
    public required IReadOnlyList<uint> DeviceIds { get; init; }

    /// <summary>Process id of each channel after reset; null = none.</summary>
    public IReadOnlyList<uint?> ProcessIds { get; init; } = [];

    /// <summary>Channels can translate ahead by PCIe ATS.</summary>
    public bool Ats { get; init; }

    /// <summary>Channels can ask for pages (PCIe PRI); needs <see cref="Ats"/>.</summary>
    public bool PageRequests { get; init; }

    /// <summary>Translations that the engine keeps.</summary>
    public int Entries { get; init; } = 64;
}
