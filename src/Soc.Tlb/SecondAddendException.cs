namespace Soc.Tlb;

/// <summary>A page needed two host addends under <see cref="SecondAddendPolicy.Strict"/>.</summary>
public sealed class SecondAddendException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SecondAddendException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public SecondAddendException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and cause.</summary>
    public SecondAddendException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
