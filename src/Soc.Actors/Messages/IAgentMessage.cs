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
[Union(7, typeof(DeviceAlarm))]
[Union(15, typeof(ConsoleInput))]
[Union(32, typeof(TranslationAsk))]
[Union(33, typeof(TranslationDone))]
[Union(34, typeof(IommuInvalidate))]
[Union(35, typeof(IommuInvalidateAck))]
[Union(36, typeof(AtsInvalidate))]
[Union(37, typeof(AtsInvalidated))]
[Union(38, typeof(IommuDrain))]
[Union(39, typeof(IommuDrained))]
[Union(40, typeof(PageRequest))]
[Union(41, typeof(PageResponse))]
public interface IAgentMessage;
