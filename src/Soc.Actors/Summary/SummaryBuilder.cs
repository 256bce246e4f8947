using System.Diagnostics;
using Soc.Actors.Agents;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Iommu;
using Soc.Memory.Observation;
using Soc.RiscV;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Summary;

/// <summary>Makes the summary of a run that has stopped: nobody runs a model any more.</summary>
internal static class SummaryBuilder
{
    public static RunSummary Build(Assembly assembly, RunEnd end, TimeSpan hostTime)
    {
        SocTopology topology = assembly.Model.Topology;
        return new RunSummary
        {
            Soc = topology.Name,
            Mode = topology.Mode == RunMode.Free ? "free" : topology.Parallel ? "lockstep parallel" : "lockstep",
            Quantum = topology.Mode == RunMode.Free ? 0 : topology.Quantum,
            Seed = topology.Seed,
            Outcome = OutcomeOf(end),
            ExitCode = end.ExitCode,
            VirtualTime = assembly.Initiators.Max(initiator => initiator.Initiator.Now),
            MaximumSkew = Math.Max(assembly.Skew.Max(), assembly.CheckerCounters.Select(checker => checker.Skew).DefaultIfEmpty().Max()),
            Harts = [.. assembly.Model.Harts.Select(Of)],
            Checkers = [.. assembly.CheckerCounters.Select(Of)],
            Iommus = [.. assembly.IommuCounters.Select(counters => Of(assembly.Model, counters))],
            DmaEngines = [.. assembly.Model.DmaEngines.Select(Of)],
            Faults = assembly.Faults?.Summarize(assembly.Initiators.Max(initiator => initiator.Initiator.Now)) ?? [],
            Sanitizer = SanitizerSetup.Summarize(assembly.Model, assembly.Sanitizer),
            Strategy = TopologyWords.Of(topology.Strategy),
            Tlbs = TotalsOf(assembly.Initiators),
            Studies = [.. assembly.Ports.Studies],
            Host = HostOf(assembly, hostTime),
        };
    }

    private static string OutcomeOf(RunEnd end) => end switch
    {
        { Outcome: RunOutcome.Finished, ExitCode: 0, Reason.Length: 0 } => "the guest passed",
        _ => end.Reason,
    };

    private static HartSummary Of(Hart hart)
    {
        TlbStatistics tlb = hart.Tlb.Statistics;
        return new HartSummary
        {
            Name = hart.Name,
            Instructions = hart.InstructionsRetired,
            VirtualTime = hart.Now,
            TlbHits = hart.MemoryAccesses > tlb.DataMisses ? hart.MemoryAccesses - tlb.DataMisses : 0,
            TlbMisses = tlb.Misses,
            Walks = tlb.Walks,
            LazyTranslations = tlb.LazyTranslations,
            Rearms = tlb.RearmedKinds,
            Refused = tlb.Refused,
        };
    }

    private static TlbTotals TotalsOf(IEnumerable<IInitiatorModel> initiators)
    {
        var totals = new TlbTotals();
        foreach (IInitiatorModel initiator in initiators)
        {
            TlbStatistics tlb = initiator.TlbStatistics;
            totals = new TlbTotals
            {
                Walks = totals.Walks + tlb.Walks,
                Translates = totals.Translates + tlb.Translates,
                Slow = totals.Slow + tlb.Slow,
                Sink = totals.Sink + tlb.Devices,
                Refused = totals.Refused + tlb.Refused,
            };
        }

        return totals;
    }

    private static CheckerSummary Of(CheckerCounters counters) => new()
    {
        Name = counters.Checker.Name,
        Commits = counters.Commits,
        InvalidationsSent = counters.Sent,
        InvalidationsAcknowledged = counters.Acknowledged,
        LatencyP50 = counters.Latency.Percentile(50),
        LatencyP99 = counters.Latency.Percentile(99),
        LatencyMaximum = counters.Latency.Maximum,
        Refused = counters.RefusedBy.Aggregate(0UL, (sum, count) => sum + count),
    };

    private static IommuSummary Of(SystemModel model, IommuCounters counters)
    {
        IommuStatistics statistics = counters.Unit.Model.Statistics;
        List<DeviceTlbStatistics> devices =
        [
            .. model.Agents.Select(agent => model.TranslatorOf(agent.Id))
                .Where(translator => translator?.Iommu == counters.Unit.InitiatorId)
                .Select(translator => translator!.Tlb.Statistics),
        ];
        return new IommuSummary
        {
            Name = counters.Name,
            Requests = statistics.Requests,
            Hits = statistics.Hits,
            Misses = statistics.Misses,
            Faults = statistics.Faults,
            ReadsP99 = counters.WalkReads.Percentile(99),
            Commands = statistics.Commands,
            Sent = counters.Sent,
            Acknowledged = counters.Acknowledged,
            Fences = counters.Fences,
            InvalidationP50 = counters.InvalidationLatency.Percentile(50),
            InvalidationP99 = counters.InvalidationLatency.Percentile(99),
            FenceP50 = counters.FenceLatency.Percentile(50),
            FenceP99 = counters.FenceLatency.Percentile(99),
            CopiesDropped = devices.Aggregate(0UL, (sum, each) => sum + each.Dropped),
            AnswersDiscarded = devices.Aggregate(0UL, (sum, each) => sum + each.Discarded),
        };
    }

    private static DmaSummary Of(DmaEngine engine) => new()
    {
        Name = engine.Name,
        ReadBeats = engine.Statistics.ReadBeats,
        WriteBeats = engine.Statistics.WriteBeats,
        Bytes = engine.Statistics.Bytes,
        Descriptors = engine.Statistics.Descriptors,
        RefusedBeats = engine.Statistics.RefusedBeats,
        BusErrors = engine.Statistics.BusErrors,
    };

    private static HostSummary HostOf(Assembly assembly, TimeSpan hostTime)
    {
        ulong instructions = 0;
        var harts = new List<double>();
        foreach (Hart hart in assembly.Model.Harts)
        {
            instructions += hart.InstructionsRetired;
            TimeSpan slices = Stopwatch.GetElapsedTime(0, assembly.SliceTicks[hart.InitiatorId]);
            harts.Add(slices > TimeSpan.Zero ? Math.Round(hart.InstructionsRetired / slices.TotalMicroseconds, 1) : 0);
        }

        using var process = Process.GetCurrentProcess();
        return new HostSummary
        {
            WallSeconds = Math.Round(hostTime.TotalSeconds, 3),
            Mips = Math.Round(instructions / hostTime.TotalMicroseconds, 1),
            HartMips = harts,
            PeakMemory = process.PeakWorkingSet64,
        };
    }
}
