using System.CommandLine;
using Soc.Actors;
using Soc.Cli.Comparing;
using Soc.Cli.Output;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc compare FILE</c>: the same SoC and guest under several strategies, guarantee levels and granularities.</summary>
internal static class CompareCommand
{
    private static readonly Option<string?> _strategies = List("--strategies", "Strategies to compare", TopologyWords.Strategies.Keys);
    private static readonly Option<string?> _guarantees = List("--guarantees", "Guarantee levels to compare, for all checkers", TopologyWords.Guarantees.Keys);
    private static readonly Option<string?> _invalidations = List("--invalidations", "Granularities of invalidation to compare", TopologyWords.Invalidations.Keys);
    private static readonly Option<string?> _image = new("--image") { Description = "Guest image, instead of the file's.", HelpName = "FILE" };
    private static readonly Option<string?> _seed = new("--seed") { Description = "Seed of every run, instead of the file's.", HelpName = "N" };
    private static readonly Option<string?> _limit = new("--max-time") { Description = "End each run at this virtual time, such as 50ms.", HelpName = "TIME" };
    private static readonly Option<string?> _csv = new("--csv") { Description = "Write runs and study windows as CSV.", HelpName = "FILE" };
    private static readonly Option<string?> _json = new("--json") { Description = "Write runs and study windows as JSON, host figures under \"host\".", HelpName = "FILE" };

    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("compare", "Runs a SoC under several strategies, levels or granularities and compares what they cost; all strategies, unless they are listed or another list has several words.")
        {
            file, _strategies, _guarantees, _invalidations, _image, _seed, _limit, _csv, _json,
        };
        command.SetAction(result => Execute(result, result.GetValue(file)!));
        return command;
    }

    private static Option<string?> List(string name, string what, IEnumerable<string> words) =>
        new(name) { Description = $"{what}, with commas between: {string.Join(", ", words)}.", HelpName = "LIST" };

    private static int Execute(ParseResult result, string file)
    {
        var wrong = new List<string>();
        IReadOnlyList<TlbStrategy>? strategies = ParseList(result, _strategies, TopologyWords.Strategies, wrong);
        IReadOnlyList<GuaranteeLevel>? guarantees = ParseList(result, _guarantees, TopologyWords.Guarantees, wrong);
        IReadOnlyList<InvalidationGranularity>? invalidations = ParseList(result, _invalidations, TopologyWords.Invalidations, wrong);
        ulong? seed = RunCommand.Parse<ulong>(result, _seed, "is not a whole number; give one such as 7", wrong, RunCommand.TryNumber);
        ulong? limit = RunCommand.Parse<ulong>(result, _limit, "is not a time above zero; give one such as 50ms", wrong, RunCommand.TryPositiveTime);
        string? csv = result.GetValue(_csv);
        string? json = result.GetValue(_json);
        foreach ((string option, string? output) in new[] { (_csv.Name, csv), (_json.Name, json) })
        {
            if (OutputFile.Problem(output) is { } problem)
            {
                wrong.Add($"{option}: {problem}");
            }
        }

        foreach (string line in wrong)
        {
            Console.Error.WriteLine($"soc: {line}");
        }

        if (wrong.Count > 0 || TopologyInput.Load(file, result.GetValue(_image)) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        topology = topology with { Seed = seed ?? topology.Seed };
        if (strategies is null && guarantees is not { Count: > 1 } && invalidations is not { Count: > 1 })
        {
            // Nothing else to compare.
            strategies = [.. TopologyWords.Strategies.Values];
        }

        List<SocTopology> variants =
        [
            .. from strategy in strategies ?? [topology.Strategy]
               from guarantee in guarantees?.Cast<GuaranteeLevel?>() ?? [null]
               from invalidation in invalidations ?? [topology.Invalidation]
               let chosen = topology with { Strategy = strategy, Invalidation = invalidation }
               select guarantee is { } level ? chosen.WithGuarantee(level) : chosen,
        ];
        return Compare(topology, variants, limit, csv, json);
    }

    private static int Compare(SocTopology topology, List<SocTopology> variants, ulong? limit, string? csv, string? json)
    {
        using var interrupt = new InterruptSource();
        List<ComparedRun> runs = [];
        int exitCode = ExitCode.Success;
        foreach (SocTopology variant in variants)
        {
            if (!Console.IsErrorRedirected)
            {
                Console.Error.WriteLine($"soc: run {runs.Count + 1} of {variants.Count}: {TopologyWords.Of(variant.Strategy)}");
            }

            RunResult run;
            try
            {
                run = SocRunner.Run(variant, new RunOptions { Console = Stream.Null, TimeLimit = limit ?? ulong.MaxValue }, interrupt.Token);
            }
            catch (ImageException exception)
            {
                Console.Error.WriteLine(exception.Message);
                return ExitCode.BadInput;
            }

            if (interrupt.Token.IsCancellationRequested)
            {
                // What an interrupted run counted says nothing beside those that came to their end.
                exitCode = RunEnd.InterruptedExitCode;
                break;
            }

            runs.Add(ComparedRun.Of(variant, run));
            if (run.End.Outcome == RunOutcome.ModelFailure)
            {
                exitCode = ExitCode.Internal;
            }
        }

        var comparison = new Comparison { Soc = topology.Name, Seed = topology.Seed, Runs = runs };
        ComparisonPrinter.Print(comparison, ReportWriter.ForStandardOutput());
        if (csv is not null)
        {
            OutputFile.Write(csv, stream => ComparisonCsv.Write(comparison, stream));
        }

        if (json is not null)
        {
            OutputFile.Write(json, stream => ComparisonJson.Write(comparison, stream));
        }

        return exitCode;
    }

    private static List<T>? ParseList<T>(ParseResult result, Option<string?> option, IReadOnlyDictionary<string, T> words, List<string> wrong)
    {
        if (result.GetValue(option) is not { } text)
        {
            return null;
        }

        List<T> values = [];
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!words.TryGetValue(word, out T? value))
            {
                wrong.Add($"{option.Name}: '{word}' is unknown; use one of: {string.Join(", ", words.Keys)}");
            }
            else if (values.Contains(value))
            {
                wrong.Add($"{option.Name}: '{word}' is listed twice; name it once");
            }
            else
            {
                values.Add(value);
            }
        }

        return values;
    }
}
