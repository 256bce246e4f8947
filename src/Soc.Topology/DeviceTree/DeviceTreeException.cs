namespace Soc.Topology.DeviceTree;

/// <summary>A device tree blob that cannot be read: one line that says why.</summary>
public sealed class DeviceTreeException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public DeviceTreeException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what would be right.</param>
    public DeviceTreeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public DeviceTreeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
