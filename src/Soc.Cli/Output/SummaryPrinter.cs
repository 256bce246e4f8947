using Soc.Actors;
using Soc.Actors.Summary;

namespace Soc.Cli.Output;

/// <summary>The summary of a run for people. What depends on the host comes last, in a block of its own.</summary>
internal static class SummaryPrinter
{
    public static void Print(RunResult run, ReportWriter report)
    {
        RunSummary summary = run.Summary;
        report.Heading($"{summary.Soc}: {summary.Outcome} (exit code {summary.ExitCode})");
        string quantum = summary.Quantum == 0 ? "" : $", quantum {Units.Time(summary.Quantum)}";
        string skew = summary.MaximumSkew == 0 ? "" : $", messages late by up to {Units.Count(summary.MaximumSkew)} ns";
        report.Line($"{summary.Mode}{quantum}, seed {summary.Seed}; virtual time {Units.Count(summary.VirtualTime)} ns{skew}");
        report.Heading("harts");
        report.Table(
            ["hart", "instructions", "virtual ns", "TLB hits", "misses", "walks", "lazy translations", "re-arms", "refused"],
            [
                .. summary.Harts.Select(hart => Row(
                    hart.Name, hart.Instructions, hart.VirtualTime, hart.TlbHits, hart.TlbMisses, hart.Walks, hart.LazyTranslations, hart.Rearms, hart.Refused)),
            ]);
        if (summary.Checkers.Count > 0)
        {
            report.Heading("checkers");
            report.Table(
                ["checker", "commits", "invalidations sent", "acknowledged", "p50 ns", "p99 ns", "max ns", "refused"],
                [
                    .. summary.Checkers.Select(checker => Row(
                        checker.Name, checker.Commits, checker.InvalidationsSent, checker.InvalidationsAcknowledged,
                        checker.LatencyP50, checker.LatencyP99, checker.LatencyMaximum, checker.Refused)),
                ]);
        }

        if (summary.DmaEngines.Count > 0)
        {
            report.Heading("DMA engines");
            report.Table(
                ["engine", "read beats", "write beats", "bytes", "descriptors", "refused beats", "bus errors"],
                [
                    .. summary.DmaEngines.Select(engine => Row(
                        engine.Name, engine.ReadBeats, engine.WriteBeats, engine.Bytes, engine.Descriptors, engine.RefusedBeats, engine.BusErrors)),
                ]);
        }

        if (summary.Iommus.Count > 0)
        {
            report.Heading("IOMMUs");
            report.Table(
                ["iommu", "requests", "hits", "walks", "faults", "reads p99", "commands", "invalidations", "p50 ns", "p99 ns", "fences", "p50 ns", "p99 ns"],
                [
                    .. summary.Iommus.Select(iommu => Row(
                        iommu.Name, iommu.Requests, iommu.Hits, iommu.Misses, iommu.Faults, iommu.ReadsP99, iommu.Commands, iommu.Sent,
                        iommu.InvalidationP50, iommu.InvalidationP99, iommu.Fences, iommu.FenceP50, iommu.FenceP99)),
                ]);
        }

        if (summary.Faults.Count > 0)
        {
            report.Heading("injected faults");
            report.Table(["fault", "times"], [.. summary.Faults.Select(fault => Row(fault.Fault, fault.Injected))]);
        }

        PrintSanitizer(run.End.Outcome, summary.Sanitizer, report);
        PrintHost(run, report);
    }

    private static void PrintSanitizer(RunOutcome outcome, SanitizerSummary? found, ReportWriter report)
    {
        if (found is null)
        {
            return;
        }

        report.Heading("sanitizer");
        string stale = outcome == RunOutcome.ModelFailure ? "stopped at a model bug, see above"
            : found.Reports.Count == 0 ? "no stale use" : $"{found.Reports.Count} stale use{(found.Reports.Count == 1 ? "" : "s")}";
        string dropped = found.Dropped == 0 ? "" : $" and {Units.Count(found.Dropped)} more";
        report.Line($"{stale}{dropped}; {Units.Count(found.Compared)} accesses compared, {Units.Count(found.Allowed)} allowed differences");
        if (found.Partial)
        {
            report.Line("the guest wrote more memory than is followed: bugs may be missing here");
        }

        foreach (StaleUseSummary use in found.Reports)
        {
            report.Line($"{use.Cause}: {use.Initiator} {Place(use.ProgramCounter, use.Symbol)}, {use.Kind} of {use.Address} at {Units.Count(use.Time)} ns, {Units.Count(use.Count)} time{(use.Count == 1 ? "" : "s")}");
            report.Line($"  cached {use.Cached}; true {use.Truth}");
            report.Line($"  {use.Written} was written by {use.Writer} {Place(use.WriterProgramCounter, use.WriterSymbol)} at {Units.Count(use.WriterTime)} ns");
            report.Line($"  {use.Missing}");
        }
    }

    private static string Place(string programCounter, string symbol) => symbol.Length == 0 ? $"pc {programCounter}" : $"pc {programCounter} <{symbol}>";

    private static void PrintHost(RunResult run, ReportWriter report)
    {
        HostSummary host = run.Summary.Host;
        report.Heading("host (differs from run to run)");
        report.Line($"{Units.Real(host.WallSeconds, 2)} s, {Units.Real(host.Mips, 1)} MIPS, {host.PeakMemory >> 20} MiB at most");
        if (host.HartMips.Count > 1)
        {
            report.Line($"MIPS by hart: {string.Join(", ", host.HartMips.Select(mips => Units.Real(mips, 1)))}");
        }

        foreach (string line in run.Telemetry?.Lines ?? [])
        {
            report.Line(line);
        }
    }

    private static IReadOnlyList<string> Row(string name, params ReadOnlySpan<ulong> numbers)
    {
        var row = new string[numbers.Length + 1];
        row[0] = name;
        for (int index = 0; index < numbers.Length; index++)
        {
            row[index + 1] = Units.Count(numbers[index]);
        }

        return row;
    }
}
