using System.Globalization;
using System.Text.Json;
using Soc.Actors.Tests.Support;
using Soc.Telemetry;
using Soc.Topology;
using static Soc.Actors.Tests.Support.Code;

namespace Soc.Actors.Tests.Checkers;

/// <summary>Case X15 of arm-filters.md section 6: one store to an MPC's table with five sharers, as its trace tells it.</summary>
public class ArmFilterTraceTests
{
    private const ulong Sram = 0x2000_0000;
    private const ulong Mpc = 0x5008_3000;
    private const ulong Shared = 0x8000_8000;
    private const int Harts = 5;

    [Theory]
    [InlineData("lockstep", 0)]
    [InlineData("lockstep", 5)]
    [InlineData("free", 0)]
    public void X15_one_store_with_N_sharers_is_one_trace_as_long_as_its_slowest_recipient(string mode, ulong seed)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("code.bin"), Program().ToImage());
        string file = Path.Combine(Repository.Root, "topologies", "arm-filters.yaml");
        string text = File.ReadAllText(file).Replace(
            "- file: ../tests/guests/bin/arm-filters.elf", $"- {{file: \"{folder.File("code.bin")}\", format: raw, address: 0x8000_0000}}", StringComparison.Ordinal);
        TopologyLoadResult loaded = TopologyFile.Parse(file, text);
        Assert.Empty(loaded.Mistakes);

        RunResult run = SocRunner.Run(
            loaded.Topology! with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Seed = seed },
            new RunOptions
            {
                Console = Stream.Null,
                Telemetry = new TelemetryOptions { File = folder.File("trace.json"), TranslationInterval = 1 },
                TimeLimit = 60_000_000_000,
            },
            CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), run.End);
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        Span[] spans = [.. trace.RootElement.GetProperty("data").EnumerateArray().SelectMany(each => each.GetProperty("spans").EnumerateArray()).Select(Span.Of)];

        // The store is the root, with what it wrote and by whom.
        Span root = Assert.Single(spans, span => span.Name == "iommu.reconfigure");
        Assert.Equal(("mpc", "hart0", "0x1c", "5"), (root["soc.checker"], root["soc.initiator"], root["soc.offset"], root["soc.recipients"]));
        Assert.DoesNotContain("soc.incomplete", root.Tags.Keys);

        // A child for each sharer, of flush and acknowledgement.
        Span[] children = [.. spans.Where(span => span.Trace == root.Trace && span.Parent == root.Id)];
        Span commit = Assert.Single(children, span => span.Name == "checker.commit");
        Span window = Assert.Single(children, span => span.Name == "checker.window");
        Span[] told = [.. children.Where(span => span.Name == "tlb.invalidate")];
        Assert.Equal(["hart0", "hart1", "hart2", "hart3", "hart4"], told.Select(span => span["soc.agent"]).Order());
        Assert.All(told, span => Assert.Equal("rearm, ack", span.Events));
        Assert.Equal(children.Length, told.Length + 2);

        // As long as its slowest child: the window ends with the last acknowledgement, and the store with the answer after it.
        ulong last = told.Max(span => span.End);
        Assert.Equal(last, window.End);
        Assert.Equal(commit.End, window.Start);
        Assert.True(root.End >= last && root.Start <= commit.Start, $"{root} around {last}");
        Assert.All(told, span => Assert.InRange(span.Start, commit.End, last));
        if (mode != "free")
        {
            // Links take at most 60 ns; nothing else comes between.
            Assert.InRange(root.End, last, last + 100);
        }

        // Each sharer's refill: it asks the checker again, behind its own part of the change.
        foreach (Span span in told)
        {
            Span refill = Assert.Single(spans, each => each.Name == "iommu.translate" && each["soc.checker"] == "mpc"
                && each["soc.agent"] == span["soc.agent"] && each.Start >= span.Start);
            Assert.Equal("sink", refill["soc.outcome"]);
        }
    }

    /// <summary>All harts load from the SRAM; hart 0 gives its first block to the Non-secure side, and all load again.</summary>
    private static Code Program()
    {
        Code code = new Code()
            .Li(S0, Shared).Li(S1, Sram).Li(A1, Mpc).Li(T2, 1).Csrr(A0, Mhartid).Bne(A0, Zero, "other")
            .Ld(T0, S1);
        for (int hart = 1; hart < Harts; hart++)
        {
            code.Label($"ready {hart}").Ld(T0, S0, hart * 64).Beq(T0, Zero, $"ready {hart}");
        }

        code.Sw(Zero, A1, 0x18).Sw(T2, A1, 0x1C).Ld(T0, S1).Sd(T2, S0);
        for (int hart = 1; hart < Harts; hart++)
        {
            code.Label($"again {hart}").Ld(T0, S0, (hart * 64) + 8).Beq(T0, Zero, $"again {hart}");
        }

        return code.Pass()
            .Label("other").Add(A2, S0, Zero)
            .Label("mine").Addi(A2, A2, 64).Addi(A0, A0, -1).Bne(A0, Zero, "mine")
            .Ld(T0, S1).Sd(T2, A2)
            .Label("wait").Ld(T0, S0).Beq(T0, Zero, "wait")
            .Ld(T0, S1).Sd(T2, A2, 8)
            .Label("sleep").Wfi().Jump("sleep");
    }

    private sealed record Span(string Trace, string Id, string? Parent, string Name, Dictionary<string, string> Tags, string Events)
    {
        public ulong Start => ulong.Parse(this["soc.start_ns"], CultureInfo.InvariantCulture);

        public ulong End => Start + ulong.Parse(this["soc.duration_ns"], CultureInfo.InvariantCulture);

        public string this[string tag] => Tags[tag];

        public static Span Of(JsonElement json) => new(
            json.GetProperty("traceID").GetString()!,
            json.GetProperty("spanID").GetString()!,
            json.GetProperty("references").EnumerateArray().Select(reference => reference.GetProperty("spanID").GetString()).FirstOrDefault(),
            json.GetProperty("operationName").GetString()!,
            json.GetProperty("tags").EnumerateArray().ToDictionary(tag => tag.GetProperty("key").GetString()!, tag => tag.GetProperty("value").ToString()),
            string.Join(", ", json.GetProperty("logs").EnumerateArray().Select(log => log.GetProperty("fields").EnumerateArray()
                .First(field => field.GetProperty("key").GetString() == "event").GetProperty("value").GetString())));
    }
}
