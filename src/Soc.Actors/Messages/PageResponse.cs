using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: a PCIe Page Request Group Response.</summary>
/// <param name="DeviceId">Segment and routing id of the function.</param>
/// <param name="Group">Group index.</param>
/// <param name="Code">Response code: 0 success, 1 invalid request, 15 response failure.</param>
[MessagePackObject]
public sealed record PageResponse(
    [property: Key(0)] uint DeviceId,
    [property: Key(1)] int Group,
    [property: Key(2)] int Code) : IAgentMessage;
