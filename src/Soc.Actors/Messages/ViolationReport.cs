using MessagePack;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Fact: a blocked sink refused an access; the checker records it by its own rules.</summary>
/// <param name="PhysicalAddress">Address of the access.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Attributes">Bits of the transaction attributes.</param>
/// <param name="Kind">Kind of the access.</param>
/// <param name="BusError">It was answered with a bus error.</param>
/// <param name="Interrupt">It asks for an interrupt.</param>
/// <param name="Detail">The checker's own detail.</param>
/// <param name="Initiator">Agent number of the initiator.</param>
[MessagePackObject]
public sealed record ViolationReport(
    [property: Key(0)] ulong PhysicalAddress,
    [property: Key(1)] int Size,
    [property: Key(2)] ulong Attributes,
    [property: Key(3)] AccessKind Kind,
    [property: Key(4)] bool BusError,
    [property: Key(5)] bool Interrupt,
    [property: Key(6)] uint Detail,
    [property: Key(7)] int Initiator) : IAgentMessage;
