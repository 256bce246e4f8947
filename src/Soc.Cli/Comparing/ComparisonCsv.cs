using System.Globalization;
using System.Text;
using Soc.Actors.Summary;

namespace Soc.Cli.Comparing;

/// <summary>
/// A comparison as CSV (RFC 4180): for each run one row with an empty "window", then one row for each window that its guest had measured.
/// </summary>
internal static class ComparisonCsv
{
    private const string Header =
        "strategy,guarantee,invalidation,window,initiator,walks,translates,slow,sink,wrong,messages,virtual-ns,exit-code,host-seconds";

    public static void Write(Comparison comparison, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (ComparedRun run in comparison.Runs)
        {
            string variant = $"{run.Strategy},{run.Guarantee},{run.Invalidation}";
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{variant},,,{run.Walks},{run.Translates},{run.Slow},{run.Sink},{run.Wrong},{run.Messages},{run.VirtualTime},{run.ExitCode},{run.Host.Seconds}"));
            foreach (StudyWindow window in run.Windows)
            {
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{variant},{Field(window.Name)},{Field(window.Initiator)},{window.Walks},{window.Translates},{window.Slow},{window.Sink},{window.Wrong},,{window.VirtualTime},,"));
            }
        }
    }

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
