using System.CommandLine;
using System.CommandLine.Parsing;
using Soc.Cli.Commands;

namespace Soc.Cli;

/// <summary>The command line's grammar.</summary>
internal static class CommandLine
{
    /// <summary>Parses and executes; a wrong command line is one line on stderr and exit code 2.</summary>
    public static int Invoke(string[] arguments)
    {
        ParseResult result = Root().Parse(arguments);
        if (result.Errors.Count > 0)
        {
            string command = FullName(result.CommandResult);
            Console.Error.WriteLine($"soc: {result.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')}; see '{command} --help'");
            return ExitCode.BadInput;
        }

        return result.Invoke(new InvocationConfiguration
        {
            // Program turns exceptions into one line, and run handles Ctrl-C itself.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Simulates multi-core RISC-V SoCs that are guarded by security checkers.");
        var topology = new Command("topology", "Looks at topology files.");
        topology.Subcommands.Add(TopologyCheckCommand.Create());
        topology.Subcommands.Add(TopologyShowCommand.Create());
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(topology);
        return root;
    }

    private static string FullName(CommandResult command)
    {
        List<string> names = [];
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult named)
            {
                names.Insert(0, named.Command is RootCommand ? "soc" : named.Command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
