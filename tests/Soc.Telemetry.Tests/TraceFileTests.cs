using Soc.Memory.Observation;
using static Soc.Telemetry.Tests.Scenario;

namespace Soc.Telemetry.Tests;

public sealed class TraceFileTests : IDisposable
{
    private const ulong Epoch = 1_577_836_800_000_000;

    private readonly TemporaryFolder _folder = new();

    private TelemetryOptions Options => new() { RunName = "quad-worlds", Seed = 42, File = _folder["trace.json"], TranslationInterval = 1 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_configuration_change_is_one_trace_from_the_register_write_to_the_last_acknowledgement()
    {
        using var scenario = new Scenario(Options);
        ulong id = scenario.Change();
        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Equal((2, 7L, 0L), (report.Traces, report.Spans, report.IncompleteChanges));

        JaegerFile.Trace trace = Assert.Single(new JaegerFile(report.File!).Named("iommu.reconfigure"));
        JaegerFile.Span root = trace.Root;
        Assert.Equal(("hart0", Epoch + 1000, 120UL), (root.Service, root.Start, root.Duration));
        Assert.Equal("wgchecker-dram", root.Tags["soc.checker"]);
        Assert.Equal("hart0", root.Tags["soc.initiator"]);
        Assert.Equal("0x60", root.Tags["soc.offset"]);
        Assert.Equal("0xc3", root.Tags["soc.value"]);
        Assert.Equal("60", root.Tags["soc.window_ns"]);
        Assert.Equal(["committed", "completed"], root.Events.Select(item => item.Fields["event"]));
        Assert.Equal(Epoch + 1100, root.Events[1].Time);
        Assert.DoesNotContain("soc.incomplete", root.Tags.Keys);

        List<JaegerFile.Span> children = trace.Children(root);
        Assert.Equal(["checker.commit", "checker.window", "tlb.invalidate", "tlb.invalidate", "tlb.invalidate"], children.Select(span => span.Name));
        Assert.Equal(("wgchecker-dram", Epoch + 1020, 20UL), (children[0].Service, children[0].Start, children[0].Duration));
        Assert.Equal(("0x80000000", "0x80000fff", "store", "1"), (children[0].Tags["soc.first"], children[0].Tags["soc.last"], children[0].Tags["soc.kinds"], children[0].Tags["soc.epoch"]));
        Assert.Equal((Epoch + 1040, 60UL), (children[1].Start, children[1].Duration));
        Assert.Equal(["hart0", "hart1", "dma0"], children.Skip(2).Select(span => span.Service));
        Assert.Equal([38UL, 48UL, 58UL], children.Skip(2).Select(span => span.Duration));
        Assert.All(children.Skip(2), span => Assert.Equal(Epoch + 1042, span.Start));
        Assert.Equal(["parked", "running", "parked"], children.Skip(2).Select(span => span.Tags["soc.recipient_state"]));
        Assert.Equal(["256", "257", "258"], children.Skip(2).Select(span => span.Tags["soc.entries_scanned"]));
        Assert.Equal(["0", "1", "2"], children.Skip(2).Select(span => span.Tags["soc.kinds_rearmed"]));
        Assert.All(children.Skip(2), span => Assert.Equal(["rearm", "ack"], span.Events.Select(item => item.Fields["event"])));
        Assert.Equal(Epoch + 1090, children[3].Events[1].Time);
        Assert.All(children, span => Assert.True(span.Start >= root.Start && span.Start + span.Duration <= root.Start + root.Duration));
        Assert.Equal(3, ModelEvent.OwnerOfChange(id));
    }

    [Fact]
    public void The_run_says_what_it_was_and_how_its_time_is_scaled()
    {
        using var scenario = new Scenario(Options with { TimeScale = 50_000, RunAttributes = [new("soc.topology", "quad-worlds.yaml")] });
        scenario.Change();
        JaegerFile file = new(scenario.Pipeline.Complete().File!);
        Assert.Equal(("run", "soc", Epoch, 1120UL * 50), (file.Run.Root.Name, file.Run.Root.Service, file.Run.Root.Start, file.Run.Root.Duration));
        Assert.Equal(("quad-worlds", "42", "50000", "quad-worlds.yaml"), (
            file.Run.Root.Tags["soc.run"], file.Run.Root.Tags["soc.seed"], file.Run.Root.Tags["soc.time_scale"], file.Run.Root.Tags["soc.topology"]));
        Assert.Equal("1120", file.Run.Root.Tags["soc.duration_ns"]);
        Assert.Equal(Epoch + 50_000, file.Traces[1].Root.Start);
    }

    [Fact]
    public void A_sampled_translation_has_a_child_for_each_level_and_each_checker()
    {
        using var scenario = new Scenario(Options);
        ulong number = scenario.Translation();
        scenario.Refusal(number);
        JaegerFile file = new(scenario.Pipeline.Complete().File!);

        JaegerFile.Trace trace = Assert.Single(file.Named("tlb.slow"));
        Assert.Equal(("hart1", "sink", "store", "28"), (trace.Root.Service, trace.Root.Tags["soc.outcome"], trace.Root.Tags["soc.kind"], trace.Root.Tags["soc.duration_ns"]));
        List<JaegerFile.Span> children = trace.Children(trace.Root);
        Assert.Equal(["tlb.walk", "iommu.translate"], children.Select(span => span.Name));
        Assert.Equal(["2", "1"], trace.Children(children[0]).Select(span => span.Tags["soc.level"]));
        Assert.Equal(("wgchecker-dram", "2", "0xfff", "store"), (children[1].Service, children[1].Tags["soc.index"], children[1].Tags["soc.mask"], children[1].Tags["soc.kinds"]));

        JaegerFile.Span refused = Assert.Single(file.Run.Children(file.Run.Root));
        Assert.Equal(("access.refused", "hart1", trace.Id), (refused.Name, refused.Service, refused.Tags["soc.translation_trace"]));
        Assert.Equal(("wgchecker-dram", "0x80000238", "store", "bus_error", "2", "0x80200010", "8", "true"), (
            refused.Tags["soc.checker"], refused.Tags["soc.address"], refused.Tags["soc.kind"], refused.Tags["soc.result"], refused.Tags["soc.world"],
            refused.Tags["soc.pc"], refused.Tags["soc.size"], refused.Tags["error"]));
    }

    [Fact]
    public void A_translation_without_a_walk_is_lazy_and_a_walk_without_a_translation_stands_alone()
    {
        using var scenario = new Scenario(Options);
        scenario.Translation(withWalk: false);
        scenario.Write(new ModelEvent { Type = ModelEventType.Walk, Source = Dma, Correlation = 1, Start = 5, End = 25, Result = 13, A = 0x1000, C = 1 });
        JaegerFile file = new(scenario.Pipeline.Complete().File!);
        Assert.Equal(["run", "tlb.walk", "tlb.lazy"], file.Traces.Select(trace => trace.Root.Name));
        Assert.Equal(("13", "true"), (file.Traces[1].Root.Tags["soc.fault"], file.Traces[1].Root.Tags["error"]));
    }

    [Fact]
    public void Everything_else_stands_under_the_run_in_the_order_of_virtual_time()
    {
        using var scenario = new Scenario(Options);
        scenario.Others();
        JaegerFile file = new(scenario.Pipeline.Complete().File!);
        Assert.Equal(
            ["register.read hart0", "hart.trap hart1", "dma.descriptor dma0", "tlb.flush hart0", "interrupt dma0"],
            file.Run.Children(file.Run.Root).Select(span => $"{span.Name} {span.Service}"));
    }

    [Fact]
    public void The_same_events_give_the_same_bytes_whenever_and_in_whatever_order_they_are_drained()
    {
        byte[] Bytes(ulong seed, int[] order, Action<TelemetryPipeline>? afterEvent)
        {
            using var scenario = new Scenario(Options with { Seed = seed, TranslationInterval = 2, TranslationsPerInitiator = 3, ChangeSpansPerChecker = 20 }, order) { AfterEvent = afterEvent };
            for (int i = 0; i < 10; i++)
            {
                ulong number = scenario.Translation();
                scenario.Refusal(number);
                scenario.Change(complete: i != 1);
                scenario.Others();
            }

            return File.ReadAllBytes(scenario.Pipeline.Complete().File!);
        }

        byte[] first = Bytes(1, [0, 1, 2, 3], null);
        Assert.Equal(first, Bytes(1, [0, 1, 2, 3], null));
        Assert.Equal(first, Bytes(1, [3, 1, 0, 2], pipeline => pipeline.Drain()));
        int events = 0;
        Assert.Equal(first, Bytes(1, [2, 3, 1, 0], pipeline =>
        {
            if (++events % 7 == 0)
            {
                pipeline.Drain();
            }
        }));
        Assert.NotEqual(first, Bytes(2, [0, 1, 2, 3], null));
    }

    [Fact]
    public void A_change_that_the_end_of_the_run_cuts_off_is_kept_and_marked()
    {
        using var scenario = new Scenario(Options);
        scenario.Change(complete: false);
        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Equal(1, report.IncompleteChanges);
        JaegerFile.Trace trace = Assert.Single(new JaegerFile(report.File!).Named("iommu.reconfigure"));
        Assert.Equal(("wgchecker-dram", "true", "none"), (trace.Root.Service, trace.Root.Tags["soc.incomplete"], trace.Root.Tags["soc.initiator"]));
        Assert.Equal(["false", "", ""], trace.Children(trace.Root).Where(span => span.Name == "tlb.invalidate").Select(span => span.Tags.GetValueOrDefault("soc.acknowledged", "")));
    }

    [Fact]
    public void Changes_and_refusals_are_kept_up_to_their_bounds_and_the_rest_is_counted()
    {
        using var scenario = new Scenario(Options with { ChangeSpansPerChecker = 13, RefusalsPerInitiator = 5 });
        for (int i = 0; i < 4; i++)
        {
            scenario.Change();
            scenario.Refusal();
            scenario.Refusal();
        }

        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Equal((2L, 3L), (report.ChangesNotKept, report.RefusalsNotKept));
        JaegerFile file = new(report.File!);
        Assert.Equal(["1", "2"], file.Named("iommu.reconfigure").Select(trace => trace.Root.Tags["soc.change"]));
        Assert.Equal(5, file.Run.Children(file.Run.Root).Count);
        Assert.Contains(report.Lines, line => line.Contains("2 configuration changes and 3 refused accesses", StringComparison.Ordinal));
    }

    [Fact]
    public void Kept_translations_thin_out_evenly_over_the_run()
    {
        using var scenario = new Scenario(Options with { TranslationInterval = 2, TranslationsPerInitiator = 4 });
        for (int i = 0; i < 40; i++)
        {
            scenario.Translation();
        }

        JaegerFile file = new(scenario.Pipeline.Complete().File!);
        Assert.Equal(["1", "17", "33"], file.Named("tlb.slow").Select(trace => trace.Root.Tags["soc.translation"]));
    }

    [Fact]
    public void Without_an_interval_no_translation_is_in_the_file()
    {
        using var scenario = new Scenario(Options with { TranslationInterval = 0 });
        scenario.Translation();
        Assert.Equal(1, scenario.Pipeline.Complete().Traces);
    }

    [Fact]
    public void Events_that_a_full_ring_lost_are_reported()
    {
        using var pipeline = new TelemetryPipeline(Options with { RingCapacity = 4 });
        EventRing ring = pipeline.Register(0, "hart0", "hart");
        for (ulong i = 0; i < 10; i++)
        {
            ring.TryWrite(new ModelEvent { Type = ModelEventType.Trap, Start = i, End = i });
        }

        TelemetryReport report = pipeline.Complete();
        Assert.Equal((6L, 5L), (report.DroppedEvents, report.Spans));
        Assert.Contains(report.Lines, line => line.StartsWith("telemetry: 6 events lost", StringComparison.Ordinal));
    }

    [Fact]
    public void The_file_appears_when_it_is_whole_and_replaces_an_older_one()
    {
        File.WriteAllText(_folder["trace.json"], "older");
        using var scenario = new Scenario(Options);
        scenario.Change();
        scenario.Pipeline.Drain();
        Assert.Equal("older", File.ReadAllText(_folder["trace.json"]));
        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Equal(["trace.json"], _folder.Files);
        Assert.Same(report, scenario.Pipeline.Complete());
        Assert.StartsWith("trace: 7 spans in 2 traces", Assert.Single(report.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_in_the_report()
    {
        using var scenario = new Scenario(Options with { File = _folder["nowhere/trace.json"] });
        scenario.Change();
        TelemetryReport report = scenario.Pipeline.Complete();
        Assert.Null(report.File);
        Assert.NotNull(report.FileError);
        Assert.Contains("could not be written", Assert.Single(report.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_agents_of_one_number_are_refused()
    {
        using var scenario = new Scenario(Options);
        Assert.Throws<ArgumentException>(() => scenario.Pipeline.Register(Hart0, "hart0", "hart"));
    }

    [Fact]
    public void Times_beyond_the_calendar_end_with_it()
    {
        var clock = new TraceClock(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), 1000);
        Assert.Equal(DateTime.MaxValue, clock.Instant(ulong.MaxValue));
        Assert.Equal(Epoch + 3, clock.Microseconds(3));
    }
}
