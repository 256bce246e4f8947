using System.Text.RegularExpressions;

namespace Soc.Cli.Tests;

/// <summary><c>soc run --record</c>, <c>soc replay</c> and <c>--fault</c> as a user sees them.</summary>
public class ReplayCommandTests
{
    [Fact]
    public void A_recorded_run_is_replayed_and_a_damaged_recipe_is_one_line()
    {
        using var folder = new TemporaryFolder();
        string recipe = Path.Combine(folder.Path, "new", "run.recipe");
        SocProcess run = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--no-trace", "--seed", "9", "--quantum", "2us", "--record", recipe);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([recipe], Directory.GetFiles(Path.GetDirectoryName(recipe)!));

        SocProcess replay = SocProcess.Run("replay", recipe);
        Assert.Equal((0, ""), (replay.ExitCode, replay.Error));
        Assert.StartsWith("hello from hart 0\n", replay.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n\S+run\.recipe: the same [\d,]+ events, [\d,]+ turns and [\d,]+ instructions; single-hart, seed 9: the guest passed \(exit code 0\)\n\z", replay.Output);

        File.WriteAllBytes(recipe, File.ReadAllBytes(recipe)[..^3]);
        SocProcess damaged = SocProcess.Run("replay", recipe);
        Assert.Equal((2, ""), (damaged.ExitCode, damaged.Output));
        Assert.Equal($"{recipe}: is damaged; record the run again", Assert.Single(damaged.ErrorLines));
    }

    [Fact]
    public void A_free_run_cannot_be_recorded()
    {
        using var folder = new TemporaryFolder();
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--mode", "free", "--record", Path.Combine(folder.Path, "x"));
        Assert.Equal(2, process.ExitCode);
        Assert.Equal("soc: --record: a free run has no order that could be repeated; add --mode lockstep", Assert.Single(process.ErrorLines));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("replay gone.recipe", "gone.recipe: does not exist; name a file that 'soc run --record' wrote")]
    [InlineData("replay", "soc: Required argument 'FILE' missing for command: 'replay'; see 'soc replay --help'")]
    [InlineData("explore gone.yaml", "gone.yaml:1:1: file: does not exist;")]
    [InlineData("explore x.yaml --seeds 0", "soc: --seeds: '0' is not a number above zero; give one such as 200")]
    [InlineData("explore x.yaml --jobs many", "soc: --jobs: 'many' is not a number from 1 to 1024")]
    [InlineData("explore x.yaml --from -1", "soc: --from: '-1' is not a whole number; give one such as 7")]
    [InlineData("explore x.yaml --strategy lazy", "soc: --strategy: 'lazy' is unknown;")]
    [InlineData("run x.yaml --seed-until soon", "soc: --seed-until: 'soon' is not a time; give one such as 1500ns")]
    public void A_wrong_command_line_is_one_line(string arguments, string expected)
    {
        SocProcess process = SocProcess.Run(arguments.Split(' '));
        Assert.Equal(2, process.ExitCode);
        Assert.StartsWith(expected, Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropped_acknowledgement_ends_with_a_diagnosis()
    {
        SocProcess process = SocProcess.Run(
            "run", SocProcess.Topology("quad-worlds.yaml"), "--no-trace", "--fault", "kind: drop, message: invalidate-ack, from: hart2, nth: 3");
        Assert.Equal((71, ""), (process.ExitCode, process.Error));
        Assert.Matches(
            @"\nquad-worlds: .*nobody .* change \d+ of wgc-dram \(committed at \d+ ns, 1 of \d have not acknowledged since: hart2, hart0 waits for it\) \(exit code 71\)\n",
            process.Output);
        Assert.Matches(@"\n  kind: drop, message: invalidate-ack, from: hart2, nth: 3 +1\n", process.Output);
    }

    [Fact]
    public void A_wrong_fault_is_one_line()
    {
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("quad-worlds.yaml"), "--fault", "kind: lose, message: invalidate");
        Assert.Equal((2, ""), (process.ExitCode, process.Output));
        Assert.Equal("--fault:1:7: kind: 'lose' is unknown; use one of: delay, duplicate, reorder, drop, stall", Assert.Single(process.ErrorLines));
    }

    [Fact]
    public void Explore_finds_a_schedule_that_fails_and_its_commands_repeat_it()
    {
        string topology = SocProcess.Topology(Path.Combine("studies", "missing-fence.yaml"));
        SocProcess explore = SocProcess.Run("explore", topology, "--seeds", "200", "--max-time", "10ms");
        Assert.Equal((1, ""), (explore.ExitCode, explore.Error));
        string[] lines = explore.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"\Amissing-fence: seed \d+ fails: the guest reported failure 1 \(exit code 1\) at [\d,]+ ns, after \d+ seeds that pass\z", lines[0]);
        Assert.Matches(@"\Ashrunk in \d+ runs: the seed decides only what comes before [\d,]+ ns, then the order is plain; it ends at [\d,]+ ns\z", lines[2]);
        foreach (string command in new[] { lines[1], lines[3] })
        {
            string options = Regex.Match(command, @"\A  soc run \S+ (--max-time 10ms --seed \d+( --seed-until \d+ns)?)\z").Groups[1].Value;
            SocProcess run = SocProcess.Run(["run", topology, .. options.Split(' '), "--no-trace"]);
            Assert.Equal((1, ""), (run.ExitCode, run.Error));
            Assert.Contains("hart 1 still reads the old frame", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Explore_says_that_all_seeds_pass()
    {
        SocProcess explore = SocProcess.Run("explore", SocProcess.Topology(Path.Combine("studies", "remote-fence.yaml")), "--seeds", "30", "--from", "5", "--jobs", "2");
        Assert.Equal((0, ""), (explore.ExitCode, explore.Error));
        Assert.Matches(@"\Aremote-fence: 30 seeds pass \(5 to 34, [\d.]+ s\)\n\z", explore.Output);
    }
}
