using System.Text;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>A hypervisor with two virtual machines (tests/guests/hypervisor): the guest checks what it sees and says it.</summary>
public class HypervisorTests
{
    [Theory]
    [InlineData("lockstep", false)]
    [InlineData("parallel", false)]
    [InlineData("free", false)]
    [InlineData("lockstep", true)]
    [InlineData("free", true)]
    public void Two_virtual_machines_end_and_say_so(string mode, bool sanitize)
    {
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(
            Repository.Load("hypervisor.yaml") with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" },
            new RunOptions { Console = console, Sanitize = sanitize, TimeLimit = 60_000_000_000 },
            CancellationToken.None);

        string[] lines = Encoding.UTF8.GetString(console.ToArray()).Split('\n');
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        foreach (int machine in (int[])[1, 2])
        {
            Assert.Contains($"[machine {machine}] hello from {machine}", lines);
            Assert.Contains($"[machine {machine}] these words are read as the machine would read them", lines);
            Assert.Contains($"machine {machine}: 45 pages given, 20 yields, 26 accesses of a device", lines);
        }

        Assert.Contains("hypervisor: both machines ended, pass", lines);
        Assert.Empty(result.Summary.Sanitizer?.Reports ?? []);
    }
}
