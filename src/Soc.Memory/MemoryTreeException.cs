namespace Soc.Memory;

/// <summary>The memory tree was put together wrongly. The message is one line that says what and how to mend it.</summary>
public sealed class MemoryTreeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MemoryTreeException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public MemoryTreeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and cause.</summary>
    public MemoryTreeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
