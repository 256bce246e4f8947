using MessagePack;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Command: read or write a register of the receiver. The initiator waits for <see cref="RegisterDone"/>.</summary>
/// <param name="Initiator">Agent number of the initiator.</param>
/// <param name="Offset">Byte offset in the receiver's register block.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8.</param>
/// <param name="Kind">Load, store or fetch.</param>
/// <param name="Attributes">Bits of the transaction attributes.</param>
/// <param name="PhysicalAddress">Address on the initiator's bus.</param>
/// <param name="Value">What a store writes.</param>
[MessagePackObject]
public sealed record RegisterAccess(
    [property: Key(0)] int Initiator,
    [property: Key(1)] ulong Offset,
    [property: Key(2)] int Size,
    [property: Key(3)] AccessKind Kind,
    [property: Key(4)] ulong Attributes,
    [property: Key(5)] ulong PhysicalAddress,
    [property: Key(6)] ulong Value) : IAgentMessage;
