using System.Diagnostics;

namespace Soc.Cli.Tests;

/// <summary>What a run of the built command gave.</summary>
internal sealed record SocProcess(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    public static string Root { get; } = FindRoot();

    public static string Topology(string name) => Path.Combine(Root, "topologies", name);

    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the command beside the test assembly, in a folder of its own.</summary>
    public static SocProcess Run(params string[] arguments) => RunWhile(_ => { }, arguments);

    /// <summary>Runs the command and does something to the process meanwhile.</summary>
    public static SocProcess RunWhile(Action<Process> meanwhile, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "soc.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        meanwhile(process);
        if (!process.WaitForExit(_limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"soc {string.Join(' ', arguments)} took longer than {_limit.TotalSeconds} s");
        }

        return new SocProcess(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Soc.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Soc.sln is in no folder above the tests");
    }
}
