namespace Soc.Devices.Virtio;

/// <summary>
/// The driver gave the device something that it cannot work with: a descriptor chain that is broken, or an address that the bus refuses.
/// The transport answers with DEVICE_NEEDS_RESET; nothing of it leaves the device.
/// </summary>
internal sealed class VirtioFaultException : Exception
{
    public VirtioFaultException()
    {
    }

    public VirtioFaultException(string message)
        : base(message)
    {
    }

    public VirtioFaultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
