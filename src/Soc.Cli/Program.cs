namespace Soc.Cli;

/// <summary>Entry point of the <c>soc</c> command.</summary>
internal static class Program
{
    /// <summary>Runs the command.</summary>
    /// <returns>Exit code: of the guest for <c>run</c>; 2 = wrong use or bad input; 70 = a fault of the simulator.</returns>
    public static int Main(string[] arguments)
    {
        // Answered here, before any library is loaded: scripts ask this often.
        if (arguments is ["--version"])
        {
            Console.Out.WriteLine($"soc {ThisVersion()}");
            return ExitCode.Success;
        }

        try
        {
            return CommandLine.Invoke(arguments);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever reaches this line is a fault of ours, and still no reason for a stack trace.
            Console.Error.WriteLine($"soc: internal error: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Internal;
        }
    }

    private static string ThisVersion() => typeof(Program).Assembly.GetName().Version!.ToString(3);
}
