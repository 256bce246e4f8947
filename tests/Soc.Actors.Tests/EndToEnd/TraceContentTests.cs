using System.Text.Json;
using Soc.Actors.Tests.Support;
using Soc.Telemetry;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>What telemetry/conventions.md promises is really told by a run, not only by made-up events.</summary>
public class TraceContentTests
{
    [Fact]
    public void A_run_of_quad_worlds_tells_every_kind_of_span()
    {
        using var folder = new TemporaryFolder();
        SocTopology topology = Repository.Load("quad-worlds.yaml");

        RunResult run = SocRunner.Run(
            topology,
            new RunOptions { Console = Stream.Null, Telemetry = new TelemetryOptions { File = folder.File("trace.json"), TranslationInterval = 1 } },
            CancellationToken.None);

        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        HashSet<string> names =
        [
            .. trace.RootElement.GetProperty("data").EnumerateArray()
                .SelectMany(each => each.GetProperty("spans").EnumerateArray())
                .Select(span => span.GetProperty("operationName").GetString()!),
        ];
        string[] expected =
        [
            "run", "iommu.reconfigure", "checker.commit", "checker.window", "tlb.invalidate", "tlb.lazy", "tlb.walk", "tlb.walk.level",
            "iommu.translate", "access.refused", "register.write", "register.read", "tlb.flush", "interrupt", "hart.trap", "dma.descriptor",
        ];
        Assert.Empty(expected.Except(names));
        Assert.Equal(0, run.Telemetry!.DroppedEvents);
        Assert.Equal(0, run.Telemetry.IncompleteChanges);
    }

    [Fact]
    public void Refusals_kept_and_not_kept_are_all_refusals()
    {
        using var folder = new TemporaryFolder();

        RunResult run = SocRunner.Run(
            Repository.Load("quad-worlds.yaml"),
            new RunOptions { Console = Stream.Null, Telemetry = new TelemetryOptions { File = folder.File("trace.json"), RefusalsPerInitiator = 100 } },
            CancellationToken.None);

        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        long kept = trace.RootElement.GetProperty("data").EnumerateArray()
            .SelectMany(each => each.GetProperty("spans").EnumerateArray())
            .LongCount(span => span.GetProperty("operationName").GetString() == "access.refused");
        Assert.Equal((long)run.Summary.Checkers.Aggregate(0UL, (sum, checker) => sum + checker.Refused), kept + run.Telemetry!.RefusalsNotKept);
    }

    [Fact]
    public void A_refusal_says_what_decided_and_what_was_recorded()
    {
        using var folder = new TemporaryFolder();

        SocRunner.Run(
            Repository.Load("iopmp-dma.yaml"),
            new RunOptions { Console = Stream.Null, Telemetry = new TelemetryOptions { File = folder.File("trace.json") } },
            CancellationToken.None);

        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        JsonElement[] refusals =
        [
            .. trace.RootElement.GetProperty("data").EnumerateArray()
                .SelectMany(each => each.GetProperty("spans").EnumerateArray())
                .Where(span => span.GetProperty("operationName").GetString() == "access.refused"),
        ];
        Assert.Contains("no entry of RRID 2 (domain 0) covers it (etype 5)", refusals.Select(span => Field(span.GetProperty("tags"), "soc.reason")));
        JsonElement recorded = refusals.SelectMany(span => span.GetProperty("logs").EnumerateArray()).First();
        Assert.Equal("recorded", Field(recorded.GetProperty("fields"), "event"));
        Assert.StartsWith("ERR_INFO = 0x", Field(recorded.GetProperty("fields"), "soc.record"), StringComparison.Ordinal);

        static string? Field(JsonElement fields, string key) => fields.EnumerateArray()
            .FirstOrDefault(field => field.GetProperty("key").GetString() == key) is { ValueKind: JsonValueKind.Object } found
                ? found.GetProperty("value").GetString()
                : null;
    }
}
