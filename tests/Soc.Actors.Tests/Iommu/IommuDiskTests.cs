using System.Text;
using System.Text.Json;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Telemetry;
using Soc.Topology;

namespace Soc.Actors.Tests.Iommu;

/// <summary>A disk behind an IOMMU (tests/guests/iommu/disk.c): a buffer is mapped for each request and unmapped after it; one request is refused.</summary>
public class IommuDiskTests
{
    private const ulong PagesOfBuffer = 6;
    private const ulong Unmappings = 26;

    [Theory]
    [InlineData(RunMode.Lockstep)]
    [InlineData(RunMode.Free)]
    public void Requests_reach_their_buffers_and_every_unmapping_is_acknowledged(RunMode mode)
    {
        using var console = new MemoryStream();
        RunResult result = SocRunner.Run(Load("iommu-disk") with { Mode = mode }, new RunOptions { Console = console }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal("iommu-disk: 26 requests behind the IOMMU, 1 refused\n", Encoding.UTF8.GetString(console.ToArray()));
        IommuSummary iommu = Assert.Single(result.Summary.Iommus);
        Assert.Equal((1UL, 28UL), (iommu.Faults, iommu.Fences));
        Assert.Equal(iommu.Sent, iommu.Acknowledged);
        Assert.Equal(Unmappings * PagesOfBuffer, iommu.CopiesDropped);
    }

    [Theory]
    [InlineData(RunMode.Lockstep)]
    [InlineData(RunMode.Free)]
    public void A_driver_without_a_bug_is_silent_under_the_sanitizer(RunMode mode)
    {
        RunResult result = SocRunner.Run(
            Load("iommu-disk") with { Mode = mode }, new RunOptions { Console = Stream.Null, Sanitize = true }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Empty(result.Summary.Sanitizer!.Reports);
    }

    [Theory]
    [InlineData(RunMode.Lockstep)]
    [InlineData(RunMode.Free)]
    public void A_driver_that_forgets_IOTINVAL_lets_the_disk_write_into_pages_of_others_and_is_named(RunMode mode)
    {
        RunResult result = SocRunner.Run(
            Load("iommu-disk-no-iotinval") with { Mode = mode }, new RunOptions { Console = Stream.Null, Sanitize = true }, CancellationToken.None);

        Assert.Equal((RunOutcome.Finished, 6), (result.End.Outcome, result.End.ExitCode));
        StaleUseSummary report = Assert.Single(result.Summary.Sanitizer!.Reports);
        Assert.Equal(("missing-iotinval", "disk0", "hart0", "set_entry"), (report.Cause, report.Initiator, report.Writer, report.WriterSymbol.Split('+')[0]));
    }

    [Fact]
    public void A_mapping_and_its_end_are_in_the_trace()
    {
        using var folder = new TemporaryFolder();
        RunResult result = SocRunner.Run(
            Load("iommu-disk"), new RunOptions { Console = Stream.Null, Telemetry = new TelemetryOptions { File = folder.File("trace.json") } }, CancellationToken.None);

        Assert.Equal(0, result.End.ExitCode);
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        List<List<string>> traces =
        [
            .. trace.RootElement.GetProperty("data").EnumerateArray()
                .Select(one => one.GetProperty("spans").EnumerateArray().Select(span => span.GetProperty("operationName").GetString()!).ToList()),
        ];

        Assert.Equal((int)Unmappings, traces.Count(spans => spans[0] == "iommu.cycle" && spans.Count(name => name == "device_tlb.invalidate") == (int)PagesOfBuffer + 1));

        // A trace keeps a bounded number of spans that belong to nothing else.
        Assert.True(traces.Sum(spans => spans.Count(name => name == "device_tlb.miss")) >= 100);
    }

    private static SocTopology Load(string guest)
    {
        TopologyLoadResult loaded = TopologyFile.Load(
            Path.Combine(Repository.Root, "topologies", "iommu-disk.yaml"), new TopologyLoadOptions { Image = Repository.GuestFile($"{guest}.elf") });
        return loaded.Topology ?? throw new InvalidOperationException(string.Join('\n', loaded.Mistakes));
    }
}
