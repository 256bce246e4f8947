using System.Text;
using System.Text.Json;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Telemetry;
using Soc.Topology;

namespace Soc.Actors.Tests.Iommu;

/// <summary>The bare-metal IOMMU driver (tests/guests/iommu): maps, transfers, unmaps under a running channel, hands the buffer on.</summary>
public class IommuGuestTests
{
    private const string Drivers = "strict deferred ats ats-deferred";

    public static TheoryData<string> Guests => [.. Drivers.Split(' ')];

    [Theory]
    [MemberData(nameof(Guests))]
    public void C78_nothing_of_a_running_device_lands_in_a_buffer_after_the_fence(string guest)
    {
        using var console = new MemoryStream();
        RunResult result = SocRunner.Run(Load(guest), new RunOptions { Console = console }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);

        // The first round compares what was copied, which may take longer than the copies.
        Assert.Matches("in 1[12] of 12 rounds under a running device", Encoding.UTF8.GetString(console.ToArray()));
        IommuSummary iommu = Assert.Single(result.Summary.Iommus);
        Assert.Equal(13UL, iommu.Fences);
        Assert.Equal(iommu.Sent, iommu.Acknowledged);
        Assert.True(iommu.CopiesDropped >= 12, $"{iommu.CopiesDropped} copies dropped");
        Assert.True(iommu.Misses > 0 && iommu.FenceP99 > iommu.InvalidationP50);
    }

    [Theory]
    [MemberData(nameof(Guests))]
    public void The_same_guests_pass_in_free_mode(string guest)
    {
        RunResult result = SocRunner.Run(Load(guest) with { Mode = RunMode.Free }, new RunOptions { Console = Stream.Null }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        IommuSummary iommu = Assert.Single(result.Summary.Iommus);
        Assert.Equal(13UL, iommu.Fences);
    }

    [Theory]
    [InlineData(RunMode.Lockstep)]
    [InlineData(RunMode.Free)]
    public void Processes_page_requests_message_interrupts_and_timeouts_work_for_a_guest(RunMode mode)
    {
        RunResult result = SocRunner.Run(Load("features") with { Mode = mode }, new RunOptions { Console = Stream.Null }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal(3UL, result.Summary.DmaEngines[0].BusErrors);
    }

    [Theory]
    [InlineData("strict", 3)]
    [InlineData("ats-deferred", 0)]
    public void The_same_seed_gives_the_same_run_byte_for_byte(string guest, ulong seed)
    {
        (string summary, byte[] trace) = Run(Load(guest) with { Seed = seed });
        (string again, byte[] traceAgain) = Run(Load(guest) with { Seed = seed });

        Assert.Equal(summary, again);
        Assert.Equal(trace, traceAgain);
    }

    [Fact]
    public void A_cycle_of_commands_is_one_trace_from_the_doorbell_to_each_device_and_back()
    {
        using JsonDocument trace = JsonDocument.Parse(Run(Load("ats")).Trace);

        List<List<(string Name, string Attributes)>> cycles =
        [
            .. trace.RootElement.GetProperty("data").EnumerateArray()
                .Select(one => one.GetProperty("spans").EnumerateArray().Select(span => (span.GetProperty("operationName").GetString()!, span.ToString())).ToList())
                .Where(spans => spans[0].Item1 == "iommu.cycle"),
        ];

        Assert.Equal(13, cycles.Count);
        foreach (List<(string Name, string Attributes)> spans in cycles.Skip(1))
        {
            string[] commands = ["IOTINVAL.VMA", "ATS.INVAL", "IOFENCE.C"];
            Assert.All(commands, command => Assert.Contains(spans, span => span.Name == "iommu.command" && span.Attributes.Contains(command, StringComparison.Ordinal)));
            Assert.Single(spans, span => span.Name == "register.write");
            Assert.Single(spans, span => span.Name == "iommu.fence");
            string[] messages = ["iotlb", "ats", "drain"];
            Assert.All(messages, message => Assert.Contains(
                spans, span => span.Name == "device_tlb.invalidate" && span.Attributes.Contains($"\"{message}\"", StringComparison.Ordinal) && span.Attributes.Contains("ack", StringComparison.Ordinal)));
            Assert.DoesNotContain("soc.incomplete", spans[0].Attributes, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("strict", "lockstep")]
    [InlineData("strict", "free")]
    public void A_driver_without_a_bug_is_silent_under_the_sanitizer(string guest, string mode)
    {
        RunResult result = Sanitized(Load(guest), mode);

        Assert.Equal((RunOutcome.Finished, 0, ""), (result.End.Outcome, result.End.ExitCode, result.End.Reason));
        Assert.Empty(result.Summary.Sanitizer!.Reports);
        Assert.True(result.Summary.Sanitizer.Compared > 10_000);
    }

    [Theory]
    [InlineData("no-iotinval", "missing-iotinval", "lockstep")]
    [InlineData("no-iofence", "missing-iofence", "lockstep")]
    [InlineData("fence-too-early", "iofence-too-early", "lockstep")]
    [InlineData("no-ats-inval", "missing-ats-inval", "lockstep")]
    [InlineData("no-iotinval", "missing-iotinval", "free")]
    [InlineData("no-iofence", "missing-iofence", "free")]
    [InlineData("fence-too-early", "iofence-too-early", "free")]
    [InlineData("no-ats-inval", "missing-ats-inval", "free")]
    public void A_planted_bug_is_named_with_the_store_that_it_forgot(string guest, string cause, string mode)
    {
        // Where only the wait is missing the window is short: in free mode a fault keeps it open.
        bool late = mode == "free" && guest is "no-iofence" or "fence-too-early";
        RunResult result = Sanitized(Load(guest) with { Faults = late ? [LateForDma] : [] }, mode);

        Assert.Equal((RunOutcome.Finished, 4), (result.End.Outcome, result.End.ExitCode));
        Assert.All(result.Summary.Sanitizer!.Reports, report => Assert.Equal(cause, report.Cause));
        StaleUseSummary first = result.Summary.Sanitizer.Reports[0];
        Assert.Equal(("dma0", "hart0", "set_entry"), (first.Initiator, first.Writer, first.WriterSymbol.Split('+')[0]));
        Assert.Equal("fault 15", first.Truth);
    }

    private static FaultDescription LateForDma { get; } =
        new() { Kind = FaultKind.Delay, Message = FaultMessage.Invalidate, To = "dma0", By = 100_000_000 };

    [Fact]
    public void A_lost_acknowledgement_of_an_invalidation_is_noticed_and_named()
    {
        SocTopology topology = Load("strict") with
        {
            Faults = [new FaultDescription { Kind = FaultKind.Drop, Message = FaultMessage.InvalidateAck, From = "dma0", Nth = 2 }],
        };

        RunResult result = SocRunner.Run(topology, new RunOptions { Console = Stream.Null }, CancellationToken.None);

        Assert.Equal(RunOutcome.BrokenProtocol, result.End.Outcome);
        Assert.Contains("iommu0", result.End.Reason, StringComparison.Ordinal);
        Assert.Contains("dma0", result.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalidations_that_come_twice_are_harmless()
    {
        SocTopology topology = Load("strict") with
        {
            Faults = [new FaultDescription { Kind = FaultKind.Duplicate, Message = FaultMessage.Invalidate, To = "dma0" }],
        };

        RunResult result = SocRunner.Run(topology, new RunOptions { Console = Stream.Null }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
    }

    private static SocTopology Load(string guest)
    {
        TopologyLoadResult loaded = TopologyFile.Load(
            Path.Combine(Repository.Root, "topologies", "iommu.yaml"),
            new TopologyLoadOptions { Image = Repository.GuestFile($"iommu-{guest}.elf") });
        return loaded.Topology ?? throw new InvalidOperationException(string.Join('\n', loaded.Mistakes));
    }

    private static RunResult Sanitized(SocTopology topology, string mode)
    {
        // Free mode delivers within microseconds: nobody would look at the buffer meanwhile.
        FaultDescription[] late = [new FaultDescription { Kind = FaultKind.Delay, Message = FaultMessage.Invalidate, To = "dma0", By = 20_000_000 }];
        topology = mode == "free" ? topology with { Mode = RunMode.Free, Faults = late } : topology;
        return SocRunner.Run(topology, new RunOptions { Console = Stream.Null, Sanitize = true }, CancellationToken.None);
    }

    private static (string Summary, byte[] Trace) Run(SocTopology topology)
    {
        using var folder = new TemporaryFolder();
        RunResult result = SocRunner.Run(
            topology, new RunOptions { Console = Stream.Null, Telemetry = new TelemetryOptions { File = folder.File("trace.json") } }, CancellationToken.None);
        Assert.Equal(0, result.End.ExitCode);
        return (JsonSerializer.Serialize(result.Summary with { Host = new HostSummary() }), File.ReadAllBytes(folder.File("trace.json")));
    }
}
