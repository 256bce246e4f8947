namespace Soc.Telemetry;

/// <summary>Turns virtual time into the time that a trace shows (telemetry/conventions.md, "Time").</summary>
/// <param name="epoch">The instant of virtual time 0.</param>
/// <param name="scale">Trace ns for one virtual ns.</param>
internal sealed class TraceClock(DateTimeOffset epoch, int scale)
{
    private readonly long _epochTicks = epoch.UtcTicks;
    private readonly long _unixTicks = epoch.UtcTicks - DateTime.UnixEpoch.Ticks;

    /// <summary>The instant, in steps of 100 ns (a tick); the end of the calendar for what lies beyond it.</summary>
    public DateTime Instant(ulong virtualNanoseconds) => new(_epochTicks + Ticks(virtualNanoseconds), DateTimeKind.Utc);

    /// <summary>Microseconds since 1970, rounded down.</summary>
    public ulong Microseconds(ulong virtualNanoseconds) => (ulong)Math.Max(0, _unixTicks + Ticks(virtualNanoseconds)) / 10;

    private long Ticks(ulong virtualNanoseconds)
    {
        UInt128 ticks = (UInt128)virtualNanoseconds * (uint)scale / 100;
        var most = (ulong)(DateTime.MaxValue.Ticks - _epochTicks);
        return (long)(ticks > most ? most : (ulong)ticks);
    }
}
