using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Command: a PCIe ATS Invalidate Request; answered with <see cref="AtsInvalidated"/>.</summary>
/// <param name="Change">Correlation id.</param>
/// <param name="Owner">Agent number of the IOMMU.</param>
/// <param name="Tag">ITag.</param>
/// <param name="Number">The IOMMU's count of these requests.</param>
/// <param name="Stamp">The IOMMU's count of all that makes answers void, this one included.</param>
/// <param name="DeviceId">Segment and routing id of the function.</param>
/// <param name="Process">PASID; -1 for none.</param>
/// <param name="Payload">Message body.</param>
[MessagePackObject]
public sealed record AtsInvalidate(
    [property: Key(0)] ulong Change,
    [property: Key(1)] int Owner,
    [property: Key(2)] int Tag,
    [property: Key(3)] ulong Number,
    [property: Key(4)] ulong Stamp,
    [property: Key(5)] uint DeviceId,
    [property: Key(6)] int Process,
    [property: Key(7)] ulong Payload) : IAgentMessage;
