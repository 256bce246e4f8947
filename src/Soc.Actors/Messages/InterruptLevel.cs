using MessagePack;
using Soc.Devices;

namespace Soc.Actors.Messages;

/// <summary>Fact: an interrupt line of a hart has a new level.</summary>
/// <param name="Line">Which line.</param>
/// <param name="Level">True = asserted.</param>
[MessagePackObject]
public sealed record InterruptLevel(
    [property: Key(0)] HartInterruptLine Line,
    [property: Key(1)] bool Level) : IAgentMessage;
