using Soc.Memory;

namespace Soc.Devices;

/// <summary>A device that does something by itself at a certain time; it asks an <see cref="IAlarmPort"/> for it.</summary>
public interface IAlarmDevice
{
    /// <summary>Virtual time at which the device wants to be called, ns; <see cref="ulong.MaxValue"/> for never.</summary>
    ulong AlarmAt { get; }

    /// <summary>Does what is due; nothing when that is nothing.</summary>
    /// <param name="by">Gives the virtual time, and the source of an interrupt.</param>
    void Tick(IInitiator by);
}
