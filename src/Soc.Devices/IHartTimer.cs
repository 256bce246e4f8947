using Soc.Memory;

namespace Soc.Devices;

/// <summary>Takes the compare values of the machine timers to the harts. Called holding the device's lock, in order.</summary>
public interface IHartTimer
{
    /// <summary>From now on MTIP of the hart is asserted exactly while mtime &gt;= the deadline.</summary>
    /// <param name="hartIndex">Index of the hart in the device.</param>
    /// <param name="deadlineTicks">mtimecmp, in ticks of the timebase; see <see cref="AclintMtimer.NextFire"/>.</param>
    /// <param name="by">The register access that caused it.</param>
    void SetDeadline(int hartIndex, ulong deadlineTicks, in BusAccess by);
}
