namespace Soc.Cli;

/// <summary>Exit codes of the command itself; a finished run gives the guest's.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Wrong option, bad topology, bad image: the user can mend it.</summary>
    public const int BadInput = 2;

    /// <summary>The simulator is wrong.</summary>
    public const int Internal = 70;
}
