namespace Soc.Topology;

/// <summary>A SoC cannot be built from its topology because something outside of the file is wrong. The message is one line with its remedy.</summary>
public sealed class TopologyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TopologyException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public TopologyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and cause.</summary>
    public TopologyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
