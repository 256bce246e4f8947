using System.Text;
using System.Text.Json;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Telemetry;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>The repository's topologies, run to their end: the same recipe is the same run, byte for byte.</summary>
public class DeterminismTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Quad_worlds_passes_and_the_same_seed_gives_the_same_run(ulong seed)
    {
        SocTopology topology = Repository.Load("quad-worlds.yaml") with { Seed = seed };

        (string summary, byte[] trace) = Run(topology);
        (string again, byte[] traceAgain) = Run(topology);

        Assert.Equal(summary, again);
        Assert.Equal(trace, traceAgain);
    }

    [Fact]
    public void Another_seed_gives_another_trace()
    {
        SocTopology topology = Repository.Load("quad-worlds.yaml");

        Assert.NotEqual(Run(topology with { Seed = 1 }).Trace, Run(topology with { Seed = 12345 }).Trace);
    }

    [Fact]
    public void A_parallel_run_of_harts_that_share_nothing_equals_the_serial_one()
    {
        // Each hart works on memory of its own until it has counted down; hart 0 ends the run.
        Code code = new Code()
            .Csrr(Code.A0, Code.Mhartid).Li(Code.S0, Guest.Shared).Add(Code.A1, Code.A0, Code.Zero)
            .Label("slot").Beq(Code.A1, Code.Zero, "work").Li(Code.T0, 0x1_0000).Add(Code.S0, Code.S0, Code.T0).Addi(Code.A1, Code.A1, -1).Jump("slot")
            .Label("work").Li(Code.A2, 5_000)
            .Label("round").Ld(Code.T0, Code.S0).Add(Code.T0, Code.T0, Code.A2).Sd(Code.T0, Code.S0).Addi(Code.A2, Code.A2, -1).Bne(Code.A2, Code.Zero, "round")
            .Bne(Code.A0, Code.Zero, "idle")
            .Pass()
            .Label("idle").Addi(Code.T2, Code.T2, 1).Jump("idle");
        using var guest = new Guest(code, harts: 4, seed: 3);

        (string serial, byte[] trace) = Run(guest.Topology);
        for (int i = 0; i < 3; i++)
        {
            (string parallel, byte[] parallelTrace) = Run(guest.Topology with { Parallel = true });

            Assert.Equal(serial, parallel.Replace("lockstep parallel", "lockstep", StringComparison.Ordinal));
            Assert.Equal(trace, parallelTrace);
        }
    }

    [Theory]
    [InlineData("quad-worlds.yaml")]
    [InlineData("single-hart.yaml")]
    [InlineData("hypervisor.yaml")]
    public void The_same_guests_pass_in_free_mode(string file)
    {
        SocTopology topology = Repository.Load(file) with { Mode = RunMode.Free };
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(topology, new RunOptions { Console = console }, CancellationToken.None);

        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal("free", result.Summary.Mode);
        Assert.NotEqual(0, console.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_is_cancelled_in_the_middle_leaves_a_whole_trace(bool free)
    {
        using var folder = new TemporaryFolder();
        using var console = new CancellingStream();
        using var guest = new Guest(
            new Code().Li(Code.S1, Guest.Secret).Li(Code.A1, Guest.Checker).Li(Code.A3, Guest.Uart).Label("on").Ld(Code.T0, Code.S1)
                .Xori(Code.A2, Code.A2, 0xC0).Sd(Code.A2, Code.A1, Guest.LastPermissions).Sb(Code.A2, Code.A3).Jump("on"));

        RunResult result = SocRunner.Run(
            guest.Topology with { Mode = free ? RunMode.Free : RunMode.Lockstep },
            new RunOptions { Console = console, Telemetry = new TelemetryOptions { File = folder.File("trace.json") } },
            console.Token);

        Assert.Equal(RunOutcome.Interrupted, result.End.Outcome);
        Assert.True(result.Summary.Checkers[0].Commits > 0);
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(folder.File("trace.json")));
        Assert.NotEqual(0, trace.RootElement.GetProperty("data").GetArrayLength());
    }

    private static (string Summary, byte[] Trace) Run(SocTopology topology)
    {
        using var folder = new TemporaryFolder();
        using var console = new MemoryStream();
        RunResult result = SocRunner.Run(
            topology,
            new RunOptions { Console = console, Telemetry = new TelemetryOptions { Seed = topology.Seed, File = folder.File("trace.json") } },
            CancellationToken.None);
        Assert.True(result.End is { Outcome: RunOutcome.Finished, ExitCode: 0 }, $"{result.End}\n{Encoding.UTF8.GetString(console.ToArray())}");
        return (JsonSerializer.Serialize(result.Summary with { Host = new HostSummary() }), File.ReadAllBytes(folder.File("trace.json")));
    }
}
