using System.CommandLine;
using System.Diagnostics;
using Soc.Actors;
using Soc.Actors.Exploration;
using Soc.Cli.Output;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc explore FILE</c>: runs many schedules, stops at the first that fails, and shrinks it.</summary>
internal static class ExploreCommand
{
    private static readonly Option<string?> _seeds = new("--seeds") { Description = "How many schedules; default 100.", HelpName = "N" };
    private static readonly Option<string?> _from = new("--from") { Description = "The first seed; default 0, the plain order.", HelpName = "S" };
    private static readonly Option<string?> _jobs = new("--jobs") { Description = "Runs at once; default one for each core.", HelpName = "J" };
    private static readonly Option<string?> _quantum = new("--quantum") { Description = "Window of virtual time, such as 10us.", HelpName = "TIME" };
    private static readonly Option<string?> _limit = new("--max-time") { Description = "End each run at this virtual time; one that gets there has not failed.", HelpName = "TIME" };
    private static readonly Option<string?> _image = new("--image") { Description = "Guest image, instead of the file's.", HelpName = "FILE" };
    private static readonly Option<string[]> _fault = RunCommand.FaultOption();

    public static Command Create()
    {
        Argument<string> file = TopologyInput.Argument();
        var command = new Command("explore", "Runs many schedules in lockstep and shrinks the first that fails: exit code 0 when all pass, 1 when one fails.")
        {
            file, _seeds, _from, _jobs, _quantum, _limit, _image, _fault,
        };
        foreach (Option<string?> option in RunCommand.ModelOptions)
        {
            command.Options.Add(option);
        }

        command.Options.Add(RunCommand.SanitizeOption);
        command.SetAction(result => Execute(result, result.GetValue(file)!));
        return command;
    }

    private static int Execute(ParseResult result, string file)
    {
        var wrong = new List<string>();
        ulong seeds = RunCommand.Parse<ulong>(result, _seeds, "is not a number above zero; give one such as 200", wrong, TryPositive) ?? 100;
        ulong from = RunCommand.Parse<ulong>(result, _from, "is not a whole number; give one such as 7", wrong, RunCommand.TryNumber) ?? 0;
        ulong jobs = RunCommand.Parse<ulong>(result, _jobs, "is not a number from 1 to 1024", wrong, TryJobs) ?? (ulong)Environment.ProcessorCount;
        ulong? quantum = RunCommand.Parse<ulong>(result, _quantum, "is not a time above zero; give one such as 10us", wrong, RunCommand.TryPositiveTime);
        ulong? limit = RunCommand.Parse<ulong>(result, _limit, "is not a time above zero; give one such as 50ms", wrong, RunCommand.TryPositiveTime);
        Func<SocTopology, SocTopology> apply = RunCommand.ParseModel(result, wrong);
        foreach (string line in wrong)
        {
            Console.Error.WriteLine($"soc: {line}");
        }

        if (wrong.Count > 0 || TopologyInput.Load(file, result.GetValue(_image), result.GetValue(_fault)) is not { } topology)
        {
            return ExitCode.BadInput;
        }

        topology = apply(topology) with { Quantum = quantum ?? topology.Quantum };
        using var interrupt = new InterruptSource();
        long started = Stopwatch.GetTimestamp();
        ExplorationResult found;
        try
        {
            found = new ScheduleExplorer(topology, limit ?? ulong.MaxValue, result.GetValue(RunCommand.SanitizeOption)).Explore(from, seeds, (int)jobs, interrupt.Token);
        }
        catch (ImageException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode.BadInput;
        }

        return Report(result, file, topology, found, from, seeds, Stopwatch.GetElapsedTime(started));
    }

    private static int Report(ParseResult result, string file, SocTopology topology, ExplorationResult found, ulong from, ulong seeds, TimeSpan took)
    {
        if (found is { FailingSeed: { } seed, Failure: { } failure })
        {
            string command = $"soc run {Quoted(file)}{Shared(result)}{(topology.Mode == RunMode.Free ? " --mode lockstep" : "")}";
            Console.Out.WriteLine($"{topology.Name}: seed {seed} fails: {failure.Reason} (exit code {failure.ExitCode}) at {Units.Count(found.FailedAt)} ns, after {Units.Count(found.Passed)} seeds that pass");
            Console.Out.WriteLine($"  {command} --seed {seed}");
            string shrunk = found.SeedUntil == 0
                ? "the plain order fails as well:"
                : $"shrunk in {found.ShrinkRuns} runs: the seed decides only what comes before {Units.Count(found.SeedUntil)} ns, then the order is plain; it ends at {Units.Count(found.ShrunkFailedAt)} ns";
            Console.Out.WriteLine(shrunk);
            Console.Out.WriteLine(found.SeedUntil == 0 ? $"  {command} --seed 0" : $"  {command} --seed {seed} --seed-until {found.SeedUntil}ns");
            return 1;
        }

        if (found.Interrupted)
        {
            Console.Out.WriteLine($"{topology.Name}: interrupted; {Units.Count(found.Passed)} seeds pass");
            return RunEnd.InterruptedExitCode;
        }

        Console.Out.WriteLine($"{topology.Name}: {Units.Count(found.Passed)} seeds pass ({from} to {from + (seeds - 1)}, {Units.Real(took.TotalSeconds, 1)} s)");
        return ExitCode.Success;
    }

    /// <summary>Options that a repeated run needs as well.</summary>
    private static string Shared(ParseResult result)
    {
        IEnumerable<string> options = new[] { _quantum, _limit, _image }.Concat(RunCommand.ModelOptions)
            .Where(option => result.GetValue(option) is not null)
            .Select(option => $" {option.Name} {Quoted(result.GetValue(option)!)}")
            .Concat((result.GetValue(_fault) ?? []).Select(fault => $" {_fault.Name} {Quoted(fault)}"))
            .Concat(result.GetValue(RunCommand.SanitizeOption) ? [$" {RunCommand.SanitizeOption.Name}"] : []);
        return string.Concat(options);
    }

    private static string Quoted(string word) =>
        word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=+@%".Contains(letter)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool TryPositive(string text, out ulong value) => RunCommand.TryNumber(text, out value) && value > 0;

    private static bool TryJobs(string text, out ulong value) => RunCommand.TryNumber(text, out value) && value is > 0 and <= 1024;
}
