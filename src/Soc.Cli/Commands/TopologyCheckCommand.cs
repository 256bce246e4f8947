using System.CommandLine;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc topology check FILE</c>.</summary>
internal static class TopologyCheckCommand
{
    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("check", "Validates a topology file and the images that it names.") { file };
        command.SetAction(result => Execute(result.GetValue(file)!));
        return command;
    }

    private static int Execute(string file)
    {
        if (TopologyInput.Load(file) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        Console.Out.WriteLine($"{file}: {topology.Name} is sound ({Count(topology.Harts.Count, "hart")}, {Count(topology.DmaEngines.Count, "DMA engine")}, {Count(topology.Checkers.Count, "checker")}{(topology.Iommus.Count == 0 ? "" : $", {Count(topology.Iommus.Count, "IOMMU")}")})");
        return ExitCode.Success;
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
