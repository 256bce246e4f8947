using Soc.Memory;

namespace Soc.Devices;

/// <summary>Receives the bytes that a serial device transmits. Called holding the device's lock.</summary>
public interface ICharacterSink
{
    /// <summary>One byte left the device.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="by">Who wrote it; gives the virtual time.</param>
    void Write(byte value, IInitiator by);
}
