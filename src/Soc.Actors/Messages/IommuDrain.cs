using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>
/// Command: say when every access that was translated before this arrives has reached the global ordering point (PR, PW of
/// IOFENCE.C); answered with <see cref="IommuDrained"/>.
/// </summary>
/// <param name="Change">Correlation id.</param>
/// <param name="Owner">Agent number of the IOMMU.</param>
/// <param name="Number">The IOMMU's count of drains.</param>
/// <param name="Reads">Reads must be done.</param>
/// <param name="Writes">Writes must be done.</param>
[MessagePackObject]
public sealed record IommuDrain(
    [property: Key(0)] ulong Change,
    [property: Key(1)] int Owner,
    [property: Key(2)] ulong Number,
    [property: Key(3)] bool Reads,
    [property: Key(4)] bool Writes) : IAgentMessage;
