using System.Text;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>The topologies of the checkers, each with a guest that checks what it sees (tests/guests/checkers).</summary>
public class CheckerGuestTests
{
    /// <summary>Every topology in every mode.</summary>
    public static TheoryData<string, string> Runs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string topology in (string[])["worldguard-virt", "iopmp-dma", "an505-mpc", "tzc400", "rme-gpc", "all-checkers"])
            {
                foreach (string mode in (string[])["lockstep", "parallel", "free"])
                {
                    data.Add(topology, mode);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_guest_finds_what_the_reference_says(string topology, string mode)
    {
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(
            Repository.Load($"{topology}.yaml") with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" },
            new RunOptions { Console = console, Sanitize = true, TimeLimit = 60_000_000_000 },
            CancellationToken.None);

        string output = Encoding.UTF8.GetString(console.ToArray());
        Assert.EndsWith($"PASS {topology}\n", output, StringComparison.Ordinal);
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Empty(result.Summary.Sanitizer!.Reports);
        Assert.All(result.Summary.Checkers, checker => Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged));
        Assert.Contains(result.Summary.Checkers, checker => checker.Refused > 0);
    }
}
