using Soc.Actors.Summary;
using Soc.Cli.Output;

namespace Soc.Cli.Comparing;

/// <summary>A comparison for people: the runs, then what the guest had measured in the notation of softtlb.md section 4.8.</summary>
internal static class ComparisonPrinter
{
    public static void Print(Comparison comparison, ReportWriter report)
    {
        bool byLevel = comparison.Runs.Select(run => run.Guarantee).Distinct().Count() > 1;
        bool byGranularity = comparison.Runs.Select(run => run.Invalidation).Distinct().Count() > 1;
        report.Heading($"{comparison.Soc}: {comparison.Runs.Count} runs, seed {comparison.Seed}");
        if (comparison.Runs.Count == 0)
        {
            return;
        }

        ComparedRun first = comparison.Runs[0];
        report.Line(string.Join(", ", new[] { byLevel ? null : $"guarantee {first.Guarantee}", byGranularity ? null : $"invalidation {first.Invalidation}" }.OfType<string>()));
        List<string> names = [.. comparison.Runs.Select(run => NameOf(run, byLevel, byGranularity))];
        report.Table(
            ["run", "walks", "translates", "slow paths", "sink accesses", "wrong results", "messages", "virtual ns", "host s", "end"],
            [
                .. comparison.Runs.Select((run, index) => (IReadOnlyList<string>)
                [
                    names[index],
                    Units.Count(run.Walks),
                    Units.Count(run.Translates),
                    Units.Count(run.Slow),
                    Units.Count(run.Sink),
                    run.Wrong is { } wrong ? Units.Count(wrong) : "",
                    Units.Count(run.Messages),
                    Units.Count(run.VirtualTime),
                    Units.Real(run.Host.Seconds, 2),
                    run.Outcome,
                ]),
            ]);
        PrintWindows(comparison, names, report);
    }

    private static void PrintWindows(Comparison comparison, List<string> names, ReportWriter report)
    {
        // A guest may mark a window twice, and a wrong strategy may lead it elsewhere: a window is known by its name and how often it came.
        List<(string Name, int Time)> order = [];
        List<Dictionary<(string, int), StudyWindow>> windows = [];
        bool several = comparison.Runs.Any(run => run.Windows.Select(window => window.Initiator).Distinct().Count() > 1);
        foreach (ComparedRun run in comparison.Runs)
        {
            var counts = new Dictionary<string, int>();
            var known = new Dictionary<(string, int), StudyWindow>();
            foreach (StudyWindow window in run.Windows)
            {
                string name = several ? $"{window.Initiator}: {window.Name}" : window.Name;
                int time = counts[name] = counts.GetValueOrDefault(name) + 1;
                known.Add((name, time), window);
                if (!order.Contains((name, time)))
                {
                    order.Add((name, time));
                }
            }

            windows.Add(known);
        }

        if (order.Count == 0)
        {
            return;
        }

        report.Heading("study windows: walks/translates/slow/sink, !wrong results");
        report.Table(
            ["window", .. names],
            [
                .. order.Select(key => (IReadOnlyList<string>)
                [
                    key.Time == 1 ? key.Name : $"{key.Name} ({key.Time})",
                    .. windows.Select(known => known.TryGetValue(key, out StudyWindow? window) ? Cell(window) : ""),
                ]),
            ]);
    }

    private static string Cell(StudyWindow window) =>
        $"{window.Walks}/{window.Translates}/{window.Slow}/{window.Sink}{(window.Wrong == 0 ? "" : $" !{window.Wrong}")}";

    private static string NameOf(ComparedRun run, bool byLevel, bool byGranularity) =>
        $"{run.Strategy}{(byLevel ? $" {run.Guarantee}" : "")}{(byGranularity ? $" {run.Invalidation}" : "")}";
}
