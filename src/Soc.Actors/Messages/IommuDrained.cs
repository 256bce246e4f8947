using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: the device has no access under way that was translated before the <see cref="IommuDrain"/> came.</summary>
/// <param name="Change">Correlation id.</param>
/// <param name="Number">Number of the drain.</param>
/// <param name="Initiator">Agent number of the device.</param>
[MessagePackObject]
public sealed record IommuDrained(
    [property: Key(0)] ulong Change,
    [property: Key(1)] ulong Number,
    [property: Key(2)] int Initiator) : IAgentMessage;
