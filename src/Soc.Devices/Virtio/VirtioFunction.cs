namespace Soc.Devices.Virtio;

/// <summary>What a virtio device does, without how it is reached: a disk, a network card, a console. Single-threaded like its transport.</summary>
/// <param name="deviceId">Kind of device (virtio 1.2 section 5).</param>
/// <param name="queueCount">Number of its queues.</param>
public abstract class VirtioFunction(uint deviceId, int queueCount)
{
    /// <summary>Kind of device (virtio 1.2 section 5).</summary>
    public uint DeviceId { get; } = deviceId;

    /// <summary>Number of queues.</summary>
    public int QueueCount { get; } = queueCount;

    /// <summary>Feature bits 0 to 23 and others of the kind; the transport adds its own.</summary>
    public virtual ulong Features => 0;

    /// <summary>
    /// Whether a driver that does not know VIRTIO_F_VERSION_1 is served too: the device may refuse it (virtio 1.2 section 6.1), but xv6's is such a one, and
    /// most kinds of device look the same to it.
    /// </summary>
    public virtual bool ServesOldDrivers => true;

    /// <summary>What driver and device have agreed on; 0 before FEATURES_OK.</summary>
    public ulong Agreed { get; internal set; }

    /// <summary>The device-specific configuration space, little endian; what lies beyond reads 0.</summary>
    public abstract ReadOnlySpan<byte> Configuration { get; }

    /// <summary>The driver writes a byte of the configuration space; most of it is read-only.</summary>
    /// <param name="offset">Offset in the configuration space.</param>
    /// <param name="value">The byte.</param>
    public virtual void WriteConfiguration(int offset, byte value)
    {
    }

    /// <summary>Whether the function can use a chain of a queue now: a receive queue's only when something has arrived.</summary>
    /// <param name="queue">Number of the queue.</param>
    public virtual bool WantsChain(int queue) => true;

    /// <summary>Does what a chain asks for.</summary>
    /// <param name="queue">Number of the queue.</param>
    /// <param name="chain">The request.</param>
    /// <param name="by">The device as a source of events.</param>
    /// <returns>Bytes written into the chain.</returns>
    public abstract uint Handle(int queue, VirtioChain chain, Soc.Memory.IInitiator by);

    /// <summary>The driver resets the device; what lies outside (disk, wire) stays.</summary>
    public virtual void Reset()
    {
    }
}
