using MessagePack;

namespace Soc.Actors.Messages;

/// <summary>Fact: bytes came in on the console's wire. The first hart hands them to the UART, so that they have a place in the order of events.</summary>
/// <param name="Bytes">The bytes.</param>
[MessagePackObject]
public sealed record ConsoleInput([property: Key(0)] byte[] Bytes) : IAgentMessage;
