using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Command: another hart wrote the receiver's machine timer compare register.</summary>
/// <param name="FireAt">Virtual time at which the timer fires, ns; <see cref="ulong.MaxValue"/> for never.</param>
/// <param name="Order">Place of the deadline among all of this hart, as the timer got them: one that was overtaken by a newer one is dropped.</param>
[MessagePackObject]
public sealed record TimerDeadline(
    [property: Key(0)] ulong FireAt,
    [property: Key(1)] ulong Order) : IAgentMessage;
