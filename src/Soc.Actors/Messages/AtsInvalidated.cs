using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: a PCIe function has completed an Invalidate Request.</summary>
/// <param name="Change">Correlation id.</param>
/// <param name="Number">Number of the <see cref="AtsInvalidate"/>.</param>
/// <param name="Tag">Its ITag.</param>
/// <param name="DeviceId">Segment and routing id of the function.</param>
/// <param name="Initiator">Agent number of the device.</param>
/// <param name="At">Virtual time of the drop, ns.</param>
/// <param name="Scanned">Entries looked at.</param>
/// <param name="Dropped">Entries dropped.</param>
/// <param name="Parked">Whether the device was waiting, not running.</param>
[MessagePackObject]
public sealed record AtsInvalidated(
    [property: Key(0)] ulong Change,
    [property: Key(1)] ulong Number,
    [property: Key(2)] int Tag,
    [property: Key(3)] uint DeviceId,
    [property: Key(4)] int Initiator,
    [property: Key(5)] ulong At,
    [property: Key(6)] int Scanned,
    [property: Key(7)] int Dropped,
    [property: Key(8)] bool Parked) : IAgentMessage;
