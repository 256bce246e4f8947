using System.CommandLine;
using System.Text;
using Soc.Cli.Output;
using Soc.Topology;
using Soc.Topology.Boot;
using Soc.Topology.DeviceTree;

namespace Soc.Cli.Commands;

/// <summary><c>soc topology dtb FILE</c>.</summary>
internal static class TopologyDtbCommand
{
    private static readonly Option<string?> _output = new("--output", "-o") { Description = "Where the device tree goes; standard output without it.", HelpName = "FILE" };
    private static readonly Option<bool> _text = new("--dts") { Description = "Write source text instead of a blob." };

    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("dtb", "Writes the device tree that describes a SoC to firmware and kernels.") { file, _output, _text };
        foreach (Option<string?> option in RunCommand.BootOptions)
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Execute(result, result.GetValue(file)!));
        return command;
    }

    private static int Execute(ParseResult result, string file)
    {
        string? output = result.GetValue(_output);
        if (OutputFile.Problem(output) is { } problem)
        {
            Console.Error.WriteLine($"soc: {_output.Name}: {problem}");
            return ExitCode.BadInput;
        }

        if (TopologyInput.Load(file, boot: RunCommand.ParseBoot(result)) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        byte[] bytes = BytesOf(topology, result.GetValue(_text));
        if (output is null)
        {
            using Stream stream = Console.OpenStandardOutput();
            stream.Write(bytes);
        }
        else
        {
            OutputFile.Write(output, stream => stream.Write(bytes));
        }

        return ExitCode.Success;
    }

    /// <summary>
    /// With everything that is booted at its place, if the files are there; a tree without an initial RAM disk otherwise, because people look at trees
    /// before they have a guest.
    /// </summary>
    private static byte[] BytesOf(SocTopology topology, bool isText)
    {
        DeviceTreeNode? tree = null;
        try
        {
            tree = topology.Boot is null ? null : BootPlan.Make(topology with { Boot = topology.Boot with { DeviceTree = null } }).DeviceTree;
        }
        catch (ImageException exception)
        {
            Console.Error.WriteLine($"{exception.Message}; the device tree does not say where the initial RAM disk is");
        }

        tree ??= DeviceTreeGenerator.Generate(topology);
        return isText ? Encoding.UTF8.GetBytes(DeviceTreeText.Write(tree)) : DeviceTreeBlob.Write(tree);
    }
}
