using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Command: another hart wrote the receiver's machine timer compare register.</summary>
/// <param name="FireAt">Virtual time at which the timer fires, ns; <see cref="ulong.MaxValue"/> for never.</param>
[MessagePackObject]
public sealed record TimerDeadline([property: Key(0)] ulong FireAt) : IAgentMessage;
