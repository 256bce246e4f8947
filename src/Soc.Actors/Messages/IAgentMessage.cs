using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>
/// What agents of a SoC say to each other: immutable, small, serializable with MessagePack. Trace context is the
/// correlation id of the configuration change, which every message of a change carries: the actor system has none of its own.
/// </summary>
[Union(0, typeof(RegisterAccess))]
[Union(1, typeof(RegisterDone))]
[Union(2, typeof(Invalidate))]
[Union(3, typeof(InvalidateAck))]
[Union(4, typeof(ViolationReport))]
[Union(5, typeof(InterruptLevel))]
[Union(6, typeof(TimerDeadline))]
[Union(15, typeof(ConsoleInput))]
public interface IAgentMessage;
