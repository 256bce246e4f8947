using Soc.Memory;

namespace Soc.Devices;

/// <summary>Where a device that does something by itself at a certain time asks for being called then. Called holding the device's lock, in order.</summary>
public interface IAlarmPort
{
    /// <summary>From now on <see cref="IAlarmDevice.Tick"/> is wanted at this time, and no more at an earlier wish's.</summary>
    /// <param name="number">Number of the device among those with alarms.</param>
    /// <param name="at">Virtual time, ns; <see cref="ulong.MaxValue"/> for never.</param>
    /// <param name="by">Who caused it.</param>
    void SetAlarm(int number, ulong at, IInitiator by);
}
