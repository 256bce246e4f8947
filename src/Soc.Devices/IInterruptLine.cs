using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// The far end of a level-sensitive interrupt wire. A device calls it on every change of its level, in order, holding its
/// own lock: an implementation must not call back into the device.
/// </summary>
public interface IInterruptLine
{
    /// <summary>The level changed.</summary>
    /// <param name="level">True = asserted.</param>
    /// <param name="by">Who caused it; gives the virtual time and the source of the event.</param>
    void Set(bool level, IInitiator by);
}
