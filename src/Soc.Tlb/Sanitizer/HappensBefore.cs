namespace Soc.Tlb;

/// <summary>
/// Which stores of others an initiator has learned of through memory: vector clocks over the order of events. A load that reads a
/// word which another initiator changed learns of that store, of everything before it in program order, and of what its writer
/// had learned until then. Forgets old steps, so it can know too little, never too much.
/// </summary>
/// <param name="initiators">How many there are.</param>
internal sealed class HappensBefore(int initiators)
{
    private const int Steps = 64;

    private readonly ulong[][] _known = Table(initiators, initiators);
    private readonly ulong[]?[][] _steps = StepTable(initiators);
    private readonly ulong[][] _stepAt = Table(initiators, Steps);
    private readonly int[] _next = new int[initiators];

    /// <summary>Whether an initiator knows of an event of another, and so of a store after it.</summary>
    public bool Knows(int initiator, int other, ulong sequence) => _known[initiator][other] >= sequence;

    /// <summary>An initiator read what another one stored.</summary>
    /// <param name="initiator">The reader.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="stored">Sequence of the store.</param>
    /// <param name="now">Sequence of the read.</param>
    public void Observe(int initiator, int writer, ulong stored, ulong now)
    {
        ulong[] known = _known[initiator];
        if (known[writer] >= stored)
        {
            return;
        }

        known[writer] = stored;
        if (WhatWasKnown(writer, stored) is { } earlier)
        {
            for (int other = 0; other < known.Length; other++)
            {
                known[other] = Math.Max(known[other], earlier[other]);
            }
        }

        ref int next = ref _next[initiator];
        ulong[] step = _steps[initiator][next] ??= new ulong[known.Length];
        known.CopyTo(step, 0);
        _stepAt[initiator][next] = now;
        next = (next + 1) % Steps;
    }

    private ulong[]? WhatWasKnown(int writer, ulong stored)
    {
        for (int back = 1; back <= Steps; back++)
        {
            int step = (_next[writer] - back + Steps) % Steps;
            if (_steps[writer][step] is not { } known)
            {
                return null;
            }

            if (_stepAt[writer][step] < stored)
            {
                return known;
            }
        }

        return null;
    }

    private static ulong[][] Table(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new ulong[columns])];

    private static ulong[]?[][] StepTable(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new ulong[]?[Steps])];
}
