using Soc.Memory;

namespace Soc.Checkers.Tests;

/// <summary>The widest invalidation that a specification's table allows for one write; nothing at all by default.</summary>
internal sealed class DocumentedScope
{
    private UInt128 _low = UInt128.MaxValue;
    private UInt128 _high;
    private ulong _indexes;
    private AccessKinds _kinds;

    /// <summary>Adds a range [low, high) for some indexes and kinds.</summary>
    public DocumentedScope Allow(UInt128 low, UInt128 high, ulong indexes, AccessKinds kinds)
    {
        if (low < high)
        {
            _low = UInt128.Min(_low, low);
            _high = UInt128.Max(_high, high);
            _indexes |= indexes;
            _kinds |= kinds;
        }

        return this;
    }

    /// <summary>Adds every address.</summary>
    public DocumentedScope AllowEverywhere(ulong indexes, AccessKinds kinds = AccessKinds.All) => Allow(0, UInt128.One << 64, indexes, kinds);

    /// <summary>Checks the parts of an outcome, and that its one scope is no wider than they are.</summary>
    public void Contains(RegisterOutcome outcome)
    {
        if (outcome.Scope is not { } whole)
        {
            Assert.Null(outcome.Parts);
            return;
        }

        foreach (InvalidationScope part in outcome.Parts ?? [whole])
        {
            Assert.True(
                part.First <= part.Last && part.First >= _low && part.Last < _high && (part.Indexes & ~_indexes) == 0 && (part.Kinds & ~_kinds) == 0,
                $"{part} is wider than [0x{_low:x}, 0x{_high:x}) indexes 0x{_indexes:x} kinds {_kinds}");
        }

        if (outcome.Parts is { } parts)
        {
            Assert.Equal(
                new InvalidationScope(
                    parts.Min(part => part.First), parts.Max(part => part.Last),
                    parts.Aggregate(0UL, (all, part) => all | part.Indexes), parts.Aggregate(AccessKinds.None, (all, part) => all | part.Kinds)),
                whole);
        }
    }
}
