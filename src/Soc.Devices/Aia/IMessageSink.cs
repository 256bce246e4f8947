using Soc.Memory;

namespace Soc.Devices.Aia;

/// <summary>Takes message-signalled interrupts to where they are stored. Called holding the sender's lock.</summary>
public interface IMessageSink
{
    /// <summary>One message: a 4-byte store, little endian.</summary>
    /// <param name="address">Where.</param>
    /// <param name="data">What.</param>
    /// <param name="by">Who caused it.</param>
    void Send(ulong address, uint data, IInitiator by);
}
