using Soc.Actors.Protocol;
using Soc.Memory.Observation;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>What is counted of an IOMMU's messages; read by the summary after the actors have stopped.</summary>
/// <param name="unit">The IOMMU.</param>
internal sealed class IommuCounters(IommuUnit unit) : IChangeOwner
{
    /// <summary>The IOMMU.</summary>
    public IommuUnit Unit { get; } = unit;

    /// <inheritdoc/>
    public string Name => Unit.Name;

    /// <inheritdoc/>
    public ChangeTracker Changes { get; } = new();

    /// <inheritdoc/>
    public bool IsAwaited => true;

    /// <summary>Invalidations and drains sent to devices.</summary>
    public ulong Sent { get; set; }

    /// <summary>Acknowledgements counted.</summary>
    public ulong Acknowledged { get; set; }

    /// <summary>IOFENCE.C commands completed.</summary>
    public ulong Fences { get; set; }

    /// <inheritdoc/>
    public ulong Skew { get; set; }

    /// <summary>An invalidation sent to its last acknowledgement, virtual ns.</summary>
    public LatencyHistogram InvalidationLatency { get; } = new();

    /// <summary>An IOFENCE.C fetched to its completion, virtual ns.</summary>
    public LatencyHistogram FenceLatency { get; } = new();

    /// <summary>Memory reads of each translation that the IOMMU was asked for; 0 = a hit of the IOTLB.</summary>
    public LatencyHistogram WalkReads { get; } = new();
}
