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
        if (Problem(result) is { } problem)
        {
            Console.Error.WriteLine($"soc: {problem}; see '{FullName(result.CommandResult)} --help'");
            return ExitCode.BadInput;
        }

        return result.Invoke(new InvocationConfiguration
        {
            // Program turns exceptions into one line, and run handles Ctrl-C itself.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>
    /// The first thing that is wrong. A misspelt option comes before all: the parser would take it for a file name, and complain about
    /// the next word.
    /// </summary>
    private static string? Problem(ParseResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                return $"unknown option '{token.Value}'";
            }
        }

        return result.UnmatchedTokens.Count > 0 ? $"'{result.UnmatchedTokens[0]}' is not expected here"
            : result.Errors.Count > 0 ? result.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')
            : null;
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Simulates multi-core RISC-V SoCs that are guarded by security checkers.");
        var topology = new Command("topology", "Looks at topology files.");
        topology.Subcommands.Add(TopologyCheckCommand.Create());
        topology.Subcommands.Add(TopologyShowCommand.Create());
        topology.Subcommands.Add(TopologyDtbCommand.Create());
        topology.Subcommands.Add(TopologyImportCommand.Create());
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        root.Subcommands.Add(ExploreCommand.Create());
        root.Subcommands.Add(CompareCommand.Create());
        root.Subcommands.Add(topology);
        root.Subcommands.Add(VectorsCommand.Create());
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
