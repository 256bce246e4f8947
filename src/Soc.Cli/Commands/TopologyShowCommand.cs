using System.CommandLine;
using Soc.Cli.Output;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc topology show FILE</c>.</summary>
internal static class TopologyShowCommand
{
    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("show", "Shows a SoC: who starts transactions, what stands behind which checker, and the memory map.") { file };
        command.SetAction(result => Execute(result.GetValue(file)!));
        return command;
    }

    private static int Execute(string file)
    {
        if (TopologyInput.Load(file) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        TopologyPrinter.Print(topology, ReportWriter.ForStandardOutput());
        return ExitCode.Success;
    }
}
