using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: the device has dropped the copies and will start no further access with them.</summary>
/// <param name="Change">Correlation id of the <see cref="IommuInvalidate"/>.</param>
/// <param name="Epoch">Its number.</param>
/// <param name="Initiator">Agent number of the device.</param>
/// <param name="At">Virtual time of the drop, ns.</param>
/// <param name="Scanned">Copies looked at.</param>
/// <param name="Dropped">Copies dropped.</param>
/// <param name="Parked">Whether the device was waiting, not running.</param>
[MessagePackObject]
public sealed record IommuInvalidateAck(
    [property: Key(0)] ulong Change,
    [property: Key(1)] ulong Epoch,
    [property: Key(2)] int Initiator,
    [property: Key(3)] ulong At,
    [property: Key(4)] int Scanned,
    [property: Key(5)] int Dropped,
    [property: Key(6)] bool Parked) : IAgentMessage;
