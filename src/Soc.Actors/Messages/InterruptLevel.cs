using MessagePack;
using Soc.Devices;

namespace Soc.Actors.Messages;

/// <summary>Fact: an interrupt line of a hart has a new level.</summary>
/// <param name="Line">Which line.</param>
/// <param name="Level">True = asserted.</param>
/// <param name="Order">Place of the change among all of this line, as the device made them: a level that was overtaken by a newer one is dropped.</param>
[MessagePackObject]
public sealed record InterruptLevel(
    [property: Key(0)] HartInterruptLine Line,
    [property: Key(1)] bool Level,
    [property: Key(2)] ulong Order) : IAgentMessage;
