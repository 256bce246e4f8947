using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Command: the time has come that a device asked for. Delivered then, to the first hart, in whose slice the device acts.</summary>
/// <param name="Device">Number of the device among those with alarms.</param>
/// <param name="Order">Place of the wish among all of this device: one that was overtaken by a newer one is dropped.</param>
[MessagePackObject]
public sealed record DeviceAlarm(
    [property: Key(0)] int Device,
    [property: Key(1)] ulong Order) : IAgentMessage;
