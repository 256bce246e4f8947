using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// Machine-level timer (RISC-V ACLINT 1.0, chapter 2). mtime follows the virtual time of whoever reads it, so every hart
/// sees a clock that agrees with its own cycles. Self-locking.
/// </summary>
/// <remarks>
/// <code>
/// offset      width  name           access  reset
/// 8 * hart    8      MTIMECMP[hart] RW      all ones (never)
/// 0x7FF8      8      MTIME          RW      0 at virtual time 0
/// </code>
/// 4-byte accesses reach either half; other widths are bus errors. Registers of harts that do not exist read 0 and ignore
/// writes.
/// </remarks>
public sealed class AclintMtimer : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x8000;

    /// <summary>Offset of MTIME.</summary>
    public const ulong MtimeOffset = 0x7FF8;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly Lock _lock = new();
    private readonly ulong[] _compare;
    private readonly IHartTimer _timer;
    private ulong _offset;

    /// <summary>Creates the device; no deadline is set.</summary>
    /// <param name="hartCount">Harts, 1..4095.</param>
    /// <param name="frequency">Frequency of the timebase in Hz, at least 1.</param>
    /// <param name="timer">Takes the deadlines to the harts.</param>
    public AclintMtimer(int hartCount, ulong frequency, IHartTimer timer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hartCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hartCount, AclintMswi.MaximumHarts);
        ArgumentOutOfRangeException.ThrowIfZero(frequency);
        ArgumentNullException.ThrowIfNull(timer);
        Frequency = frequency;
        _compare = new ulong[hartCount];
        Array.Fill(_compare, ulong.MaxValue);
        _timer = timer;
    }

    /// <summary>Frequency of the timebase in Hz.</summary>
    public ulong Frequency { get; }

    /// <summary>mtime at a virtual time; exact, modulo 2^64 ticks.</summary>
    /// <param name="now">Virtual time in ns.</param>
    public ulong TicksAt(ulong now) => Scale(now) + Volatile.Read(ref _offset);

    /// <summary>mtimecmp of a hart.</summary>
    public ulong DeadlineOf(int hartIndex)
    {
        lock (_lock)
        {
            return _compare[hartIndex];
        }
    }

    /// <summary>The earliest virtual time, not before <paramref name="now"/>, at which mtime &gt;= the deadline.</summary>
    /// <param name="now">Virtual time in ns.</param>
    /// <param name="deadlineTicks">mtimecmp.</param>
    /// <returns>Virtual time in ns; all ones when it lies beyond the end of virtual time.</returns>
    public ulong NextFire(ulong now, ulong deadlineTicks)
    {
        ulong ticks = TicksAt(now);
        if (ticks >= deadlineTicks)
        {
            return now;
        }

        // Count from the unwritten clock: its ticks are whole multiples of 10^9 / frequency ns since virtual time 0.
        UInt128 target = Scale128(now) + (deadlineTicks - ticks);
        UInt128 reached = ((target * NanosecondsPerSecond) + (Frequency - 1)) / Frequency;
        return reached > ulong.MaxValue ? ulong.MaxValue : (ulong)reached;
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (access.Size is not (4 or 8))
        {
            return AccessResult.Error;
        }

        ulong register = access.Offset & ~7UL;
        if (register == MtimeOffset)
        {
            value = TicksAt(access.Initiator.Now);
        }
        else if (register / 8 < (ulong)_compare.Length)
        {
            value = DeadlineOf((int)(register / 8));
        }

        if (access.Size == 4)
        {
            value = (uint)(value >> ((int)(access.Offset & 4) * 8));
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size is not (4 or 8))
        {
            return AccessResult.Error;
        }

        ulong register = access.Offset & ~7UL;
        lock (_lock)
        {
            if (register == MtimeOffset)
            {
                ulong now = access.Initiator.Now;
                Volatile.Write(ref _offset, Merge(access, TicksAt(now), value) - Scale(now));
                for (int hart = 0; hart < _compare.Length; hart++)
                {
                    // The same deadlines now lie at other virtual times.
                    _timer.SetDeadline(hart, _compare[hart], access);
                }
            }
            else if (register / 8 < (ulong)_compare.Length)
            {
                int hart = (int)(register / 8);
                _compare[hart] = Merge(access, _compare[hart], value);
                _timer.SetDeadline(hart, _compare[hart], access);
            }
        }

        return AccessResult.Ok;
    }

    private static ulong Merge(in BusAccess access, ulong old, ulong value)
    {
        if (access.Size == 8)
        {
            return value;
        }

        int shift = (int)(access.Offset & 4) * 8;
        return (old & ~(0xFFFF_FFFFUL << shift)) | ((value & 0xFFFF_FFFF) << shift);
    }

    private UInt128 Scale128(ulong now) => (UInt128)now * Frequency / NanosecondsPerSecond;

    private ulong Scale(ulong now) => (ulong)Scale128(now);
}
