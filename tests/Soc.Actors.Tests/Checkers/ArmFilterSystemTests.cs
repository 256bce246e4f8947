using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.Checkers;

/// <summary>
/// The cases of arm-filters.md section 6 that need several harts (topologies/arm-filters.yaml): MPC, TZC-400 and GPC at once, in
/// lockstep and freely. With SOC_LONG_TESTS=1 as often as the document says.
/// </summary>
public class ArmFilterSystemTests
{
    private const ulong Parameter = 0x8070_0000;

    private static readonly bool s_long = Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1";
    private static readonly ConcurrentDictionary<string, Lazy<(RunResult Result, string[] Lines)>> s_runs = new();

    /// <summary>The modes that each case runs in.</summary>
    public static TheoryData<string> Modes => ["lockstep", "parallel", "free"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void X01_two_harts_that_wait_for_each_others_acknowledgements_both_go_on(string mode)
    {
        ulong crossings = s_long ? 100_000UL : 200;

        (RunResult result, string[] lines) = Run("arm-filters", mode, sanitize: !s_long, crossings);

        AssertPassed(result, lines, "arm-filters");
        Assert.Contains($"X01 {crossings} stores of each hart are complete", lines);
        foreach (string name in (string[])["mpc", "tzc"])
        {
            CheckerSummary checker = result.Summary.Checkers.Single(each => each.Name == name);
            Assert.True(checker.Commits >= crossings, $"{name}: {checker.Commits} commits");
            if (mode != "free")
            {
                // The writer is told as well, and mostly the other hart.
                Assert.True(checker.InvalidationsSent > crossings * 3 / 2, $"{name}: {checker.InvalidationsSent} sent");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void X06_no_instruction_of_a_page_runs_from_the_cache_after_it_is_taken_away(string mode)
    {
        (RunResult result, string[] lines) = RunOnce(mode);

        AssertPassed(result, lines, "arm-filters");
        foreach (string checker in (string[])["MPC", "TZC-400", "GPC"])
        {
            Assert.Contains($"X06 {checker}: no instruction after the change, fetch refused, 4 times", lines);
        }

        Assert.True(result.Summary.Harts[1].Refused >= 12);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void X09_a_sleeping_hart_acknowledges_without_waking(string mode)
    {
        (RunResult result, string[] lines) = RunOnce(mode);

        AssertPassed(result, lines, "arm-filters");
        Assert.Contains("X09 60 changes do not wake a sleeper, who sees the last", lines);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void X14_every_outcome_is_the_oracles_but_between_issue_and_acknowledgement(string mode)
    {
        // Freely without the sanitizer: what the guest compares is then worth more, because changes and accesses really meet.
        ulong operations = s_long ? 1_000_000UL : mode == "free" ? 8_000UL : 2_000;

        (RunResult result, string[] lines) = Run("random-rules", mode, sanitize: !s_long && mode != "free", operations);

        AssertPassed(result, lines, "random-rules");
        Assert.Contains(lines, line => line.StartsWith($"X14 {operations} operations, ", StringComparison.Ordinal));
        Assert.All(result.Summary.Checkers, checker => Assert.True(checker.Refused > 0, checker.Name));
    }

    private static void AssertPassed(RunResult result, string[] lines, string name)
    {
        Assert.Equal($"PASS {name}", lines[^1]);
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Empty(result.Summary.Sanitizer?.Reports ?? []);
        Assert.All(result.Summary.Checkers, checker => Assert.Equal(checker.InvalidationsSent, checker.InvalidationsAcknowledged));
    }

    /// <summary>The run that X06 and X09 share.</summary>
    private static (RunResult Result, string[] Lines) RunOnce(string mode) =>
        s_runs.GetOrAdd(mode, key => new(() => Run("arm-filters", key, sanitize: true, parameter: 20))).Value;

    /// <summary>Runs a guest, which finds the parameter as a word in its memory.</summary>
    private static (RunResult Result, string[] Lines) Run(string image, string mode, bool sanitize, ulong parameter)
    {
        using var folder = new TemporaryFolder();
        byte[] word = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, parameter);
        File.WriteAllBytes(folder.File("parameter.bin"), word);
        string file = Path.Combine(Repository.Root, "topologies", "arm-filters.yaml");
        string text = File.ReadAllText(file).Replace("bin/arm-filters.elf", $"bin/{image}.elf", StringComparison.Ordinal)
            + $"  - {{file: \"{folder.File("parameter.bin")}\", format: raw, address: {Parameter}}}\n";
        TopologyLoadResult loaded = TopologyFile.Parse(file, text);
        Assert.Empty(loaded.Mistakes);
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(
            loaded.Topology! with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" },
            new RunOptions { Console = console, Sanitize = sanitize, TimeLimit = s_long ? 1_800_000_000_000UL : 120_000_000_000UL },
            CancellationToken.None);

        return (result, Encoding.UTF8.GetString(console.ToArray()).TrimEnd('\n').Split('\n'));
    }
}
