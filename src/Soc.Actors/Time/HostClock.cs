using System.Diagnostics;

namespace Soc.Actors.Time;

/// <summary>Virtual time of free mode: wall-clock time since the start, scaled.</summary>
/// <param name="scale">Virtual nanoseconds per host nanosecond.</param>
internal sealed class HostClock(double scale = 1)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Virtual time, ns.</summary>
    public ulong Now => (ulong)((Stopwatch.GetTimestamp() - _start) * (1e9 / Stopwatch.Frequency) * scale);

    /// <summary>Host time until a virtual instant; zero when it is past.</summary>
    public TimeSpan Until(ulong at)
    {
        ulong now = Now;
        return at <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min((at - now) / scale / 1e6, int.MaxValue - 1));
    }
}
