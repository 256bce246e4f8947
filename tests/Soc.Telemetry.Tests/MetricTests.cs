using System.Diagnostics.Metrics;
using Soc.Memory.Observation;

namespace Soc.Telemetry.Tests;

public class MetricTests
{
    [Fact]
    public void Latencies_and_counts_reach_a_listener_with_their_tags()
    {
        var seen = new List<(string Name, double Value, string Tags)>();
        Meter? ours = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests have meters of this name too: the one that appears on this thread while we construct is ours.
            if (instrument.Meter.Name == "Soc" && t_constructing)
            {
                ours = instrument.Meter;
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        t_constructing = true;
        using var scenario = new Scenario(new TelemetryOptions());
        scenario.Translation(answer: TranslationAnswer.Direct);
        scenario.Translation(answer: TranslationAnswer.Direct);
        scenario.Change();
        scenario.Refusal();
        scenario.Pipeline.SetTotal(Scenario.Hart1, "soc.instructions", 1000);
        scenario.Pipeline.SetTotal(Scenario.Hart1, "soc.instructions", 1500);
        scenario.Pipeline.Drain();
        t_constructing = false;

        Assert.NotNull(ours);
        Assert.Equal(2, seen.Count(item => item == ("soc.translation.duration", 28, "soc.strategy=deferred soc.checker=wgchecker-dram soc.outcome=direct soc.kind=store")));
        Assert.Contains(("soc.invalidation.duration", 38, "soc.checker=wgchecker-dram soc.recipient_state=parked"), seen);
        Assert.Contains(("soc.invalidation.duration", 48, "soc.checker=wgchecker-dram soc.recipient_state=running"), seen);
        Assert.Contains(("soc.reconfiguration.window", 60, "soc.checker=wgchecker-dram"), seen);
        Assert.Contains(("soc.refusals", 1, "soc.agent=hart1 soc.checker=wgchecker-dram soc.kind=store soc.result=bus_error"), seen);
        Assert.Contains(("soc.rearmed_kinds", 2, "soc.agent=dma0"), seen);
        Assert.Contains(("soc.instructions", 1500, "soc.agent=hart1"), seen);

        int before = seen.Count;
        scenario.Pipeline.Drain();
        Assert.Equal(before, seen.Count);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Add((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
    }

    [Fact]
    public void A_total_never_shrinks()
    {
        using var scenario = new Scenario(new TelemetryOptions());
        scenario.Pipeline.SetTotal(0, "soc.instructions", 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => scenario.Pipeline.SetTotal(0, "soc.instructions", 4));
    }

    [ThreadStatic]
    private static bool t_constructing;
}
