namespace Soc.Checkers;

/// <summary>A checker was asked to be built in a way its specification does not allow; the message says what would be right.</summary>
public sealed class CheckerConfigurationException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public CheckerConfigurationException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line for people.</param>
    public CheckerConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a cause.</summary>
    public CheckerConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
