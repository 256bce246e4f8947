using MessagePack;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Command: put cached answers of a checker back to "not translated yet", then acknowledge (softtlb.md section 5.5).</summary>
/// <param name="Change">Correlation id of the configuration change; the trace context.</param>
/// <param name="Checker">Agent number of the checker.</param>
/// <param name="Epoch">The checker's count of commits.</param>
/// <param name="First">First physical address in scope.</param>
/// <param name="Last">Last physical address, inclusive.</param>
/// <param name="Indexes">Bit per index in scope.</param>
/// <param name="Kinds">Kinds in scope.</param>
/// <param name="Parts">Narrower scopes that say together what changed, four numbers each: first, last, indexes, kinds; null = the whole scope.</param>
[MessagePackObject]
public sealed record Invalidate(
    [property: Key(0)] ulong Change,
    [property: Key(1)] int Checker,
    [property: Key(2)] ulong Epoch,
    [property: Key(3)] ulong First,
    [property: Key(4)] ulong Last,
    [property: Key(5)] ulong Indexes,
    [property: Key(6)] AccessKinds Kinds,
    [property: Key(7)] IReadOnlyList<ulong>? Parts = null) : IAgentMessage
{
    /// <summary>The scope as the TLB takes it.</summary>
    [IgnoreMember]
    public InvalidationScope Scope => new(First, Last, Indexes, Kinds);

    /// <summary>The scopes that are to be put back.</summary>
    [IgnoreMember]
    public IEnumerable<InvalidationScope> Scopes => Parts is null
        ? [Scope]
        : Parts.Chunk(4).Select(part => new InvalidationScope(part[0], part[1], part[2], (AccessKinds)part[3]));

    /// <summary>Scopes as numbers; null for null.</summary>
    public static IReadOnlyList<ulong>? Pack(IReadOnlyList<InvalidationScope>? parts) => parts is null
        ? null
        : [.. parts.SelectMany(part => new[] { part.First, part.Last, part.Indexes, (ulong)part.Kinds })];
}
