using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// The far end of an interrupt wire. A device calls it on every change of its level, in order, holding its own lock: an
/// implementation must not call back into the device. It may assert the wire again for a further cause while it is high,
/// which only an edge-triggered gateway takes notice of.
/// </summary>
public interface IInterruptLine
{
    /// <summary>The level changed, or is asserted for a further cause.</summary>
    /// <param name="level">True = asserted.</param>
    /// <param name="by">Who caused it; gives the virtual time and the source of the event.</param>
    void Set(bool level, IInitiator by);
}
