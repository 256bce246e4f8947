using System.Text;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>
/// Reconfigurations of four checkers under the load of four harts and a DMA engine (tests/guests/checkers/checker-stress.c): nothing
/// stale after an acknowledgement, no deadlock, bounded memory. Ten thousand of them with SOC_LONG_TESTS=1.
/// </summary>
public class CheckerStressTests
{
    private static readonly bool s_long = Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1";

    [Theory]
    [InlineData("free")]
    [InlineData("parallel")]
    [InlineData("lockstep")]
    public void No_access_after_a_completed_change_follows_the_configuration_before_it(string mode)
    {
        string name = s_long && mode == "free" ? "checker-stress" : "checker-stress-short";
        string image = Path.Combine(Repository.Root, "tests", "guests", "bin", $"{name}.elf");
        TopologyLoadResult loaded = TopologyFile.Load(
            Path.Combine(Repository.Root, "topologies", "checker-stress.yaml"), new TopologyLoadOptions { Image = image });
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(
            loaded.Topology! with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" },
            new RunOptions { Console = console, Sanitize = true, TimeLimit = 300_000_000_000 },
            CancellationToken.None);

        Assert.EndsWith("PASS checker-stress\n", Encoding.UTF8.GetString(console.ToArray()), StringComparison.Ordinal);
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Empty(result.Summary.Sanitizer!.Reports);
        ulong rounds = name == "checker-stress" ? 2_500UL : 100UL;
        Assert.All(result.Summary.Checkers, checker =>
        {
            Assert.True(checker.Commits >= rounds, $"{checker.Name}: {checker.Commits} commits");
            Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged);
        });
        Assert.True(result.Summary.Host.PeakMemory < 1L << 30, $"{result.Summary.Host.PeakMemory} bytes");
    }
}
