namespace Soc.Actors.Time;

/// <summary>Conversions between cycles of a clock and virtual nanoseconds, exact in 128 bits.</summary>
internal static class ClockDomain
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The first cycle whose time is at or after <paramref name="nanoseconds"/>.</summary>
    public static ulong CycleAt(ulong nanoseconds, ulong frequency)
    {
        UInt128 product = (UInt128)nanoseconds * frequency;
        UInt128 cycle = (product + (NanosecondsPerSecond - 1)) / NanosecondsPerSecond;
        return cycle > ulong.MaxValue ? ulong.MaxValue : (ulong)cycle;
    }

    /// <summary>The time of a cycle, ns, rounded down.</summary>
    public static ulong TimeOf(ulong cycle, ulong frequency) => (ulong)((UInt128)cycle * NanosecondsPerSecond / frequency);
}
