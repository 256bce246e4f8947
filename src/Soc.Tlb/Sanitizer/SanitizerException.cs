namespace Soc.Tlb;

/// <summary>The simulator itself used what it had to have dropped: a model bug.</summary>
public sealed class SanitizerException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public SanitizerException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Who used what, and what is true.</param>
    public SanitizerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Who used what, and what is true.</param>
    /// <param name="innerException">The cause.</param>
    public SanitizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
