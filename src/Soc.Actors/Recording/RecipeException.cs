namespace Soc.Actors.Recording;

/// <summary>A recipe cannot be used. The message is one line: what is wrong, and what would be right.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RecipeException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public RecipeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and cause.</summary>
    public RecipeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
