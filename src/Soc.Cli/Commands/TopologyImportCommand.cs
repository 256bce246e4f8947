using System.CommandLine;
using System.Text;
using Soc.Cli.Output;
using Soc.Topology.DeviceTree;

namespace Soc.Cli.Commands;

/// <summary><c>soc topology import FILE.dtb</c>.</summary>
internal static class TopologyImportCommand
{
    private static readonly Argument<string> _file = new("FILE") { Description = "Device tree blob." };
    private static readonly Option<string?> _output = new("--output", "-o") { Description = "Where the topology goes; standard output without it.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("import", "Makes a starting topology of a device tree blob, and says what it left out.") { _file, _output };
        command.SetAction(result => Execute(result.GetValue(_file)!, result.GetValue(_output)));
        return command;
    }

    private static int Execute(string file, string? output)
    {
        if (OutputFile.Problem(output) is { } problem)
        {
            Console.Error.WriteLine($"soc: {_output.Name}: {problem}");
            return ExitCode.BadInput;
        }

        DeviceTreeImport import;
        try
        {
            string name = string.Concat(Path.GetFileNameWithoutExtension(file).Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));
            import = DeviceTreeImport.From(DeviceTreeBlob.Read(File.ReadAllBytes(file)), name.Length > 0 ? name : "imported");
        }
        catch (DeviceTreeException exception)
        {
            Console.Error.WriteLine($"{file}: {exception.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string what = File.Exists(file) ? exception.Message.ReplaceLineEndings(" ").TrimEnd('.') : "does not exist";
            Console.Error.WriteLine($"{file}: {what}; name a device tree blob, such as 'soc topology dtb' or 'dtc -O dtb' makes");
            return ExitCode.BadInput;
        }

        foreach (string line in import.LeftOut)
        {
            Console.Error.WriteLine($"{file}: left out: {line}");
        }

        if (output is null)
        {
            Console.Out.Write(import.Yaml);
        }
        else
        {
            OutputFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(import.Yaml)));
        }

        return ExitCode.Success;
    }
}
