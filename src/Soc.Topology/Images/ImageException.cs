namespace Soc.Topology;

/// <summary>A guest image is damaged or foreign. The message is one line: file, offset, field, what is wrong, what would be right.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ImageException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public ImageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and cause.</summary>
    public ImageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
