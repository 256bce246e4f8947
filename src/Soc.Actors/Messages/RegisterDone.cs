using MessagePack;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Fact: a register access is complete; for a configuration change, after the last acknowledgement (rule M7).</summary>
/// <param name="Result">The bus's answer.</param>
/// <param name="Value">The value read.</param>
/// <param name="Change">Correlation id of the configuration change that it led to; 0 for none.</param>
[MessagePackObject]
public sealed record RegisterDone(
    [property: Key(0)] AccessResult Result,
    [property: Key(1)] ulong Value,
    [property: Key(2)] ulong Change) : IAgentMessage;
