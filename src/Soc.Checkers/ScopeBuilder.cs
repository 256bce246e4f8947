using Soc.Memory;

namespace Soc.Checkers;

/// <summary>Collects what a configuration change touches: the parts, as long as there are few, and the one scope that contains them.</summary>
internal sealed class ScopeBuilder
{
    /// <summary>Beyond this many parts one message with a wide scope is cheaper.</summary>
    public const int MostParts = 16;

    private readonly List<InvalidationScope> _parts = [];
    private InvalidationScope? _whole;
    private bool _tooMany;

    /// <summary>Adds a part.</summary>
    /// <param name="first">First physical address.</param>
    /// <param name="last">Last physical address, inclusive.</param>
    /// <param name="indexes">Bit per index.</param>
    /// <param name="kinds">Kinds.</param>
    public void Add(ulong first, ulong last, ulong indexes, AccessKinds kinds)
    {
        _whole = _whole is { } sofar
            ? new InvalidationScope(Math.Min(sofar.First, first), Math.Max(sofar.Last, last), sofar.Indexes | indexes, sofar.Kinds | kinds)
            : new InvalidationScope(first, last, indexes, kinds);
        if (_tooMany || Merged(first, last, indexes, kinds))
        {
            return;
        }

        _parts.Add(new InvalidationScope(first, last, indexes, kinds));
        _tooMany = _parts.Count > MostParts;
    }

    /// <summary>Adds the part of a change that reaches a checker through its ports.</summary>
    public void AddThrough(IReadOnlyList<CheckerPort> ports, ulong first, ulong last, ulong indexes, AccessKinds kinds)
    {
        foreach (CheckerPort port in ports)
        {
            ulong low = Math.Max(first, port.BaseAddress);
            ulong high = Math.Min(last, port.BaseAddress + port.SizeMinusOne);
            if (low <= high)
            {
                Add(low, high, indexes, kinds);
            }
        }
    }

    /// <summary>The outcome of the write that made the change; without a scope when nothing was added.</summary>
    public RegisterOutcome ToOutcome() => new(AccessResult.Ok, 0, _whole) { Parts = _tooMany || _parts.Count < 2 ? null : _parts };

    private bool Merged(ulong first, ulong last, ulong indexes, AccessKinds kinds)
    {
        for (int at = 0; at < _parts.Count; at++)
        {
            InvalidationScope part = _parts[at];
            bool sameRange = part.First == first && part.Last == last;
            if (sameRange && (part.Kinds == kinds || part.Indexes == indexes))
            {
                _parts[at] = part with { Indexes = part.Indexes | indexes, Kinds = part.Kinds | kinds };
                return true;
            }

            if (part.Kinds == kinds && part.Indexes == indexes && part.Last + 1 == first && first != 0)
            {
                _parts[at] = part with { Last = last };
                return true;
            }
        }

        return false;
    }
}
