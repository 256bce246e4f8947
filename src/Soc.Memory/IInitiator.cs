namespace Soc.Memory;

/// <summary>Whoever starts transactions: a hart, a DMA engine, an IOMMU's page walker, a checker on its own account.</summary>
public interface IInitiator
{
    /// <summary>Number of the initiator in its SoC, 0-based and dense; the source in the total order of events.</summary>
    int InitiatorId { get; }

    /// <summary>Name from the topology ("hart0", "dma0").</summary>
    string Name { get; }

    /// <summary>The initiator's local virtual time in nanoseconds, at the access it is making now.</summary>
    ulong Now { get; }
}
