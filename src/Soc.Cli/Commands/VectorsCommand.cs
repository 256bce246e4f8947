using System.CommandLine;
using System.Text.Json;
using Soc.Checkers.Iopmp.Vectors;
using Soc.Iommu.Vectors;

namespace Soc.Cli.Commands;

/// <summary><c>soc vectors iopmp FILE</c> and <c>soc vectors iommu DIR</c>: runs conformance vectors against the models.</summary>
internal static class VectorsCommand
{
    // Enough to see a pattern; the count says how many there are.
    private const int FailuresShown = 20;

    public static Command Create()
    {
        var command = new Command("vectors", "Runs conformance vectors (JSON lines) against a model; exit code 1 when one fails.");
        command.Subcommands.Add(Create("iopmp", "IOPMP vectors.", path => IopmpVectorRunner.RunFile(path).Select(result => (result.Id, result.Failures))));
        command.Subcommands.Add(Create("iommu", "RISC-V IOMMU vectors.", path => IommuVectorRunner.RunFile(path).Select(result => (result.Id, result.Failures))));
        return command;
    }

    private static Command Create(string name, string description, Func<string, IEnumerable<(string Id, IReadOnlyList<string> Failures)>> run)
    {
        var path = new Argument<string>("PATH") { Description = "A file of vectors, or a folder whose *.jsonl files are run." };
        var command = new Command(name, description) { path };
        command.SetAction(result => Execute(name, result.GetValue(path)!, run));
        return command;
    }

    private static int Execute(string name, string path, Func<string, IEnumerable<(string Id, IReadOnlyList<string> Failures)>> run)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.jsonl").Order(StringComparer.Ordinal)] : [path];
        if (files.Length == 0 || !Array.TrueForAll(files, File.Exists))
        {
            Console.Error.WriteLine($"{path}: no vectors are there; name a .jsonl file or a folder with such files");
            return ExitCode.BadInput;
        }

        int passed = 0;
        int failed = 0;
        foreach (string file in files)
        {
            try
            {
                foreach ((string id, IReadOnlyList<string> failures) in run(file))
                {
                    passed += failures.Count == 0 ? 1 : 0;
                    failed += failures.Count == 0 ? 0 : 1;
                    if (failures.Count > 0 && failed <= FailuresShown)
                    {
                        Console.Out.WriteLine($"{file}: {id}: {failures[0]}");
                    }
                }
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or IOException)
            {
                Console.Error.WriteLine($"{file}: not {name} vectors: {exception.Message.ReplaceLineEndings(" ")}; one JSON object per line is expected");
                return ExitCode.BadInput;
            }
        }

        if (passed + failed == 0)
        {
            Console.Error.WriteLine($"{path}: holds no vectors; one JSON object per line is expected");
            return ExitCode.BadInput;
        }

        Console.Out.WriteLine($"{name}: {passed} passed, {failed} failed");
        return failed == 0 ? ExitCode.Success : 1;
    }
}
