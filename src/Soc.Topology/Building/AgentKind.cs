namespace Soc.Topology;

/// <summary>What an agent of a SoC is.</summary>
public enum AgentKind : byte
{
    /// <summary>A hart.</summary>
    Hart,

    /// <summary>A DMA engine.</summary>
    DmaEngine,

    /// <summary>A virtio device.</summary>
    VirtioDevice,

    /// <summary>A checker.</summary>
    Checker,

    /// <summary>An IOMMU.</summary>
    Iommu,
}
