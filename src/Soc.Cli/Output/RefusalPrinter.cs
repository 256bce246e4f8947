using Soc.Actors;
using Soc.Actors.Refusals;

namespace Soc.Cli.Output;

/// <summary>Refused accesses for people, one paragraph each.</summary>
internal static class RefusalPrinter
{
    public static void Print(RunResult run, ReportWriter report)
    {
        report.Heading("refused accesses");
        if (run.Refusals.Count == 0)
        {
            report.Line("none");
        }

        foreach (RefusalSummary refusal in run.Refusals)
        {
            report.Line($"{Units.Count(refusal.Time)} ns: {refusal}");
        }

        if (run.RefusalsNotExplained > 0)
        {
            report.Line($"and {Units.Count(run.RefusalsNotExplained)} more: the first ones of each initiator at each checker are explained");
        }
    }
}
