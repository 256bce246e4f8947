using Soc.Topology;

namespace Soc.Actors.Faults;

/// <summary>When one initiator does nothing: it holds between two instructions or beats, and serves no message, until it is over.</summary>
/// <param name="stalls">The stalls of this initiator.</param>
internal sealed class StallSchedule(IEnumerable<FaultDescription> stalls)
{
    private readonly FaultDescription[] _stalls = [.. stalls.OrderBy(stall => stall.At)];

    /// <summary>The end of the stall that covers a time, ns; the time itself when none does.</summary>
    public ulong After(ulong now)
    {
        foreach (FaultDescription stall in _stalls)
        {
            if (stall.At <= now && now - stall.At < stall.Duration)
            {
                now = stall.At + stall.Duration;
            }
        }

        return now;
    }

    /// <summary>A time, or the beginning of the first stall after <paramref name="now"/> when that is earlier, ns.</summary>
    public ulong Before(ulong now, ulong limit)
    {
        foreach (FaultDescription stall in _stalls)
        {
            if (stall.At > now)
            {
                return Math.Min(limit, stall.At);
            }
        }

        return limit;
    }
}
