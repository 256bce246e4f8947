using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: the initiator has re-armed and will not use the old answer again (rule M6).</summary>
/// <param name="Change">Correlation id of the configuration change.</param>
/// <param name="Initiator">Agent number of the initiator.</param>
/// <param name="RearmedAt">Virtual time of the re-arm, ns.</param>
/// <param name="Scanned">Entries looked at.</param>
/// <param name="Rearmed">Kinds put back, or entries emptied when the granularity is a flush.</param>
/// <param name="Parked">Whether the initiator was waiting, not running.</param>
[MessagePackObject]
public sealed record InvalidateAck(
    [property: Key(0)] ulong Change,
    [property: Key(1)] int Initiator,
    [property: Key(2)] ulong RearmedAt,
    [property: Key(3)] int Scanned,
    [property: Key(4)] int Rearmed,
    [property: Key(5)] bool Parked) : IAgentMessage;
