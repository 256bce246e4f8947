using Soc.Checkers;
using Soc.Telemetry;

namespace Soc.Actors.Refusals;

/// <summary>
/// The refused accesses of a run, each with its explanation: the first ones, because a guest can be refused millions of times.
/// Any thread.
/// </summary>
internal sealed class RefusalLog
{
    /// <summary>Refusals that are kept for each initiator and checker.</summary>
    public const ulong KeptOfEach = 1024;

    private const int KeptOfAll = ushort.MaxValue;

    private readonly Lock _gate = new();
    private readonly List<Refusal> _refusals = [];

    // Reports between the same two agents keep their order (rule M10).
    private readonly Dictionary<(int Checker, int Initiator), Queue<Refusal>> _reported = [];

    private ulong _dropped;

    /// <summary>Refusals that were not kept.</summary>
    public ulong Dropped => Interlocked.Read(ref _dropped);

    /// <summary>What is kept, in the order of virtual time.</summary>
    public IReadOnlyList<Refusal> Refusals
    {
        get
        {
            lock (_gate)
            {
                return [.. _refusals.OrderBy(refusal => refusal.Violation.Time).ThenBy(refusal => refusal.Violation.InitiatorId).ThenBy(refusal => refusal.Number)];
            }
        }
    }

    /// <summary>Explains a refusal and keeps it.</summary>
    /// <param name="checker">Who refused.</param>
    /// <param name="violation">The refused access.</param>
    /// <param name="position">pc, or the descriptor's address.</param>
    /// <param name="count">Which refusal of this initiator by this checker it is, from 1.</param>
    /// <param name="reported">Whether the checker will hear of it; otherwise its rules leave it out.</param>
    /// <returns>Its number; 0 when it is not kept.</returns>
    public int Add(Checker checker, in Violation violation, ulong position, ulong count, bool reported)
    {
        // Explaining costs time: outside the lock.
        bool kept = count <= KeptOfEach;
        if (!kept && !reported)
        {
            // A guest can be refused millions of times: nobody waits for anybody to count that.
            Interlocked.Increment(ref _dropped);
            return 0;
        }

        string reason = kept ? checker.Explain(violation) : string.Empty;
        lock (_gate)
        {
            if (_refusals.Count >= KeptOfAll)
            {
                Interlocked.Increment(ref _dropped);
                return 0;
            }

            var refusal = new Refusal(kept ? _refusals.Count + 1 : 0, violation, position, reason);
            if (reported)
            {
                (int, int) key = (checker.AgentId, violation.InitiatorId);
                if (!_reported.TryGetValue(key, out Queue<Refusal>? queue))
                {
                    _reported.Add(key, queue = []);
                }

                queue.Enqueue(refusal);
            }
            else
            {
                refusal.Record = "nothing: the record is taken, or its rules leave this out";
            }

            if (kept)
            {
                _refusals.Add(refusal);
            }
            else
            {
                Interlocked.Increment(ref _dropped);
            }

            return refusal.Number;
        }
    }

    /// <summary>The checker has heard of the oldest refusal that was reported to it by an initiator.</summary>
    /// <param name="checker">The checker.</param>
    /// <param name="initiator">Who was refused.</param>
    /// <param name="record">What was recorded; null for nothing.</param>
    public void Settle(int checker, int initiator, string? record)
    {
        lock (_gate)
        {
            if (_reported.TryGetValue((checker, initiator), out Queue<Refusal>? queue) && queue.TryDequeue(out Refusal? refusal))
            {
                refusal.Record = record ?? "nothing: the record was taken meanwhile, or its rules leave this out";
            }
        }
    }

    /// <summary>The texts of a refusal, for its span; null when it was not kept.</summary>
    public RefusalText? TextOf(int number)
    {
        lock (_gate)
        {
            return number > 0 && number <= _refusals.Count
                ? new RefusalText(_refusals[number - 1].Reason, _refusals[number - 1].Record)
                : null;
        }
    }
}
