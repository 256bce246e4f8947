using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Command: a PCIe Page Request of a device; answered with <see cref="PageResponse"/> when it is the last of its group.</summary>
/// <param name="Initiator">Agent number of the device.</param>
/// <param name="DeviceId">Segment and routing id of the function.</param>
/// <param name="Payload">Message body: 0 R, 1 W, 2 L, 11:3 group index, 63:12 page address.</param>
/// <param name="Process">PASID; -1 for none.</param>
/// <param name="Supervisor">Privileged mode requested.</param>
[MessagePackObject]
public sealed record PageRequest(
    [property: Key(0)] int Initiator,
    [property: Key(1)] uint DeviceId,
    [property: Key(2)] ulong Payload,
    [property: Key(3)] int Process,
    [property: Key(4)] bool Supervisor) : IAgentMessage;
