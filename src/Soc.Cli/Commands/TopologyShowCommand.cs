using System.CommandLine;
using Soc.Cli.Output;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc topology show FILE</c>.</summary>
internal static class TopologyShowCommand
{
    private static readonly Option<string?> _registers = new("--registers")
    {
        Description = "Show the register file of a checker, or of all, instead.",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("show", "Shows a SoC: who starts transactions, what stands behind which checker, and the memory map.") { file, _registers };
        command.SetAction(result => Execute(result, result.GetValue(file)!));
        return command;
    }

    private static int Execute(ParseResult result, string file)
    {
        if (TopologyInput.Load(file) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        ReportWriter report = ReportWriter.ForStandardOutput();
        if (result.GetResult(_registers) is null)
        {
            TopologyPrinter.Print(topology, report);
            return ExitCode.Success;
        }

        string? name = result.GetValue(_registers);
        CheckerDescription[] shown = [.. topology.Checkers.Where(checker => name is null || checker.Name == name)];
        if (name is not null && shown.Length == 0)
        {
            Console.Error.WriteLine($"soc: --registers: there is no checker '{name}' in {file}; use one of: {string.Join(", ", topology.Checkers.Select(checker => checker.Name))}");
            return ExitCode.BadInput;
        }

        foreach (CheckerDescription checker in shown)
        {
            RegisterPrinter.Print(topology, checker, report);
        }

        return ExitCode.Success;
    }
}
