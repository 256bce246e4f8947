using System.Text.Json;

namespace Soc.Cli.Tests;

public class CompareCommandTests
{
    private const string Header =
        "strategy,guarantee,invalidation,window,initiator,walks,translates,slow,sink,wrong,messages,virtual-ns,exit-code,host-seconds";

    // softtlb.md section 4.8 names strategies by letters; C3r is deferred with re-arm instead of a flush.
    private static readonly Dictionary<string, string> _letters = new()
    {
        ["eager"] = "A",
        ["ping-pong"] = "B",
        ["deferred-single-slot"] = "C1",
        ["deferred"] = "C3",
        ["all-mmio"] = "D",
        ["eager-sinks"] = "E",
    };

    [Theory]
    [InlineData("strategies", 1)]
    [InlineData("deep-2", 2)]
    [InlineData("deep-3", 3)]
    public void ST1_a_guest_program_reproduces_the_golden_vectors_of_every_strategy(string topology, int depth)
    {
        using var folder = new TemporaryFolder();
        SortedSet<string> measured = new(StringComparer.Ordinal);
        foreach ((string[] strategies, string invalidation) in new (string[], string)[] { ([], "flush-all"), (["--strategies", "deferred"], "re-arm") })
        {
            // Without a list of strategies, all are compared.
            string csv = Path.Combine(folder.Path, $"{invalidation}.csv");
            SocProcess process = SocProcess.Run(
                ["compare", SocProcess.Topology($"studies/{topology}.yaml"), "--invalidations", invalidation, "--csv", csv, .. strategies]);
            Assert.Equal((0, ""), (process.ExitCode, process.Error));
            string[] lines = File.ReadAllLines(csv);
            Assert.Equal(Header, lines[0]);
            foreach (string[] row in lines.Skip(1).Select(line => line.Split(',')).Where(row => row[3].Length > 0))
            {
                string letter = invalidation == "re-arm" ? "C3r" : _letters[row[0]];
                Assert.Equal(["hart0", "acknowledged", invalidation], [row[4], row[1], row[2]]);
                Assert.True(measured.Add($"{row[3]} {letter}: {row[5]}/{row[6]}/{row[7]}/{row[8]} !{row[9]}"));
            }
        }

        SortedSet<string> golden = new(
            from row in File.ReadLines(Path.Combine(SocProcess.Root, "tests", "Soc.Tlb.Tests", "softtlb-cost-vectors.csv")).Skip(1).Select(line => line.Split(','))
            where row[2] == $"{depth}"
            select $"{row[0]} {row[1]} {row[4]} {row[5]}: {row[6]}/{row[7]}/{row[8]}/{row[10]} !{row[11]}",
            StringComparer.Ordinal);
        Assert.Equal(448, golden.Count);
        Assert.Equal(golden, measured);
    }

    [Fact]
    public void A_comparison_is_a_table_a_csv_and_json_and_all_but_host_time_repeats()
    {
        using var folder = new TemporaryFolder();
        string[] outputs = new string[2];
        string[] files = new string[2];
        for (int run = 0; run < 2; run++)
        {
            string csv = Path.Combine(folder.Path, "new", $"{run}.csv");
            string json = Path.Combine(folder.Path, "new", $"{run}.json");
            SocProcess process = SocProcess.Run(
                "compare", SocProcess.Topology("studies/alternating.yaml"), "--strategies", "deferred, eager", "--seed", "3", "--csv", csv, "--json", json);
            Assert.Equal((0, ""), (process.ExitCode, process.Error));
            outputs[run] = process.Output;
            files[run] = string.Join('\n', File.ReadLines(csv).Select(line => line[..line.LastIndexOf(',')]));
            using var document = JsonDocument.Parse(File.ReadAllText(json));
            JsonElement runs = document.RootElement.GetProperty("runs");
            Assert.Equal(["deferred", "eager"], runs.EnumerateArray().Select(element => element.GetProperty("strategy").GetString()));
            Assert.Equal([0, 4000], runs.EnumerateArray().Select(element => element.GetProperty("wrong").GetInt32()));
            Assert.All(runs.EnumerateArray(), element => Assert.True(element.GetProperty("host").GetProperty("seconds").GetDouble() >= 0));
            Assert.Equal(8, runs[0].GetProperty("windows").GetArrayLength());
        }

        Assert.Equal(files[0], files[1]);
        Assert.DoesNotContain('\u001b', outputs[0]);
        string[] lines = outputs[0].Split('\n');
        Assert.Contains("alternating: 2 runs, seed 3", lines);
        Assert.Contains("guarantee acknowledged, invalidation re-arm", lines);
        Assert.Matches(@"^  run +walks +translates +slow paths +sink accesses +wrong results +messages +virtual ns +host s +end$", lines[3]);
        Assert.Matches(@"^  ram RO \(RW\)\^500 \(8\) +1/2/501/500 +501/501/501/0 !500$", lines[^2]);
        Assert.Equal(Windows(outputs[0]), Windows(outputs[1]));

        static string Windows(string output) => output[output.IndexOf("study windows", StringComparison.Ordinal)..];
    }

    [Fact]
    public void AD7_no_strategy_keeps_an_answer_that_does_not_hold_for_the_whole_page()
    {
        using var folder = new TemporaryFolder();
        string json = Path.Combine(folder.Path, "granule.json");
        SocProcess process = SocProcess.Run("compare", SocProcess.Topology("studies/granule.yaml"), "--json", json);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement runs = document.RootElement.GetProperty("runs");
        Assert.Equal(6, runs.GetArrayLength());
        Assert.All(runs.EnumerateArray(), run => Assert.Equal(0, run.GetProperty("wrong").GetInt32()));

        // One translation to find out that the answer is for half a page, then one for each of the 1,000 accesses.
        Assert.Matches(@"ram allow \(R lower R upper\)\^500 (\(\d\))? +(1/1001/1000/500 +){5}1/1000/1000/1000", process.Output);
    }

    [Fact]
    public void Guarantee_levels_differ_in_what_a_register_write_waits_for_and_in_what_a_hit_costs()
    {
        using var folder = new TemporaryFolder();
        string csv = Path.Combine(folder.Path, "levels.csv");
        SocProcess process = SocProcess.Run(
            "compare", SocProcess.Topology("studies/invalidations.yaml"), "--guarantees", "eventual,acknowledged,strict", "--csv", csv);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        string[][] rows = [.. File.ReadLines(csv).Skip(1).Select(line => line.Split(','))];
        Dictionary<string, ulong> time = rows.Where(row => row[3].Length == 0).ToDictionary(row => row[1], row => ulong.Parse(row[11], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(time["eventual"] < time["acknowledged"]);
        Assert.True(time["strict"] < time["acknowledged"]);
        Assert.All(rows, row => Assert.Equal("0", row[9]));

        // Every use of a strict answer compares snapshots in the slow path; walks and translates stay what they are.
        string[] first = [.. rows.Where(row => row[3] == "ram allow (R^9 I)^100").Select(row => $"{row[1]} {row[5]}/{row[6]}/{row[7]}/{row[8]}").Distinct()];
        Assert.Equal(["eventual 1/100/100/0", "acknowledged 1/100/100/0", "strict 1/100/900/0"], first);
    }

    [Fact]
    public void IV2_only_the_eventual_level_leaves_a_window_in_which_another_hart_reads_what_was_revoked()
    {
        using var folder = new TemporaryFolder();
        string csv = Path.Combine(folder.Path, "window.csv");
        SocProcess process = SocProcess.Run(
            "compare", SocProcess.Topology("studies/window.yaml"), "--strategies", "deferred,ping-pong,all-mmio", "--guarantees", "eventual,acknowledged,strict", "--csv", csv);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        foreach (string[] row in File.ReadLines(csv).Skip(1).Select(line => line.Split(',')))
        {
            bool stale = row[0] != "all-mmio" && row[1] == "eventual";
            Assert.True((row[9] != "0") == stale, string.Join(',', row));
        }
    }

    [Theory]
    [InlineData("acknowledged")]
    [InlineData("strict")]
    public void IV2_there_is_no_window_in_free_mode_either(string level)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "summary.json");
        SocProcess process = SocProcess.Run(
            "run", SocProcess.Topology("studies/window.yaml"), "--no-trace", "--mode", "free", "--guarantee", level, "--summary", file);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement window = Assert.Single(document.RootElement.GetProperty("studies").EnumerateArray());
        Assert.Equal(("hart1", 0), (window.GetProperty("initiator").GetString(), window.GetProperty("wrong").GetInt32()));
    }

    [Fact]
    public void Granularities_differ_in_how_many_walks_a_change_costs()
    {
        using var folder = new TemporaryFolder();
        string csv = Path.Combine(folder.Path, "granularities.csv");
        SocProcess process = SocProcess.Run(
            "compare", SocProcess.Topology("studies/invalidations.yaml"), "--invalidations", "re-arm,flush-page,flush-all", "--csv", csv);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        string[][] rows = [.. File.ReadLines(csv).Skip(1).Select(line => line.Split(','))];
        string[] windows = [.. rows.Where(row => row[3] == "ram allow (R^9 I)^100").Select(row => $"{row[2]} {row[5]}/{row[6]}/{row[7]}/{row[8]}").Distinct()];
        Assert.Equal(["re-arm 1/100/100/0", "flush-page 100/100/100/0", "flush-all 100/100/100/0"], windows);

        // What a flush of everything takes away elsewhere is in the totals.
        ulong[] walks = [.. rows.Where(row => row[3].Length == 0).Select(row => ulong.Parse(row[5], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(walks[0] < walks[1] && walks[1] < walks[2], string.Join(", ", walks));
    }

    [Fact]
    public void A_single_strict_checker_makes_the_chains_through_it_strict()
    {
        using var folder = new TemporaryFolder();
        string text = File.ReadAllText(SocProcess.Topology("studies/deep-2.yaml"));
        string file = folder.Write("soc.yaml", text[..text.IndexOf("images:", StringComparison.Ordinal)].Replace("    slots: 4\n", "    slots: 4\n    guarantee: strict\n", StringComparison.Ordinal));
        string csv = Path.Combine(folder.Path, "mixed.csv");
        string image = Path.Combine(SocProcess.Root, "tests", "guests", "bin", "study-invalidations.elf");
        SocProcess process = SocProcess.Run("compare", file, "--image", image, "--strategies", "deferred", "--csv", csv);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        string[][] rows = [.. File.ReadLines(csv).Skip(1).Select(line => line.Split(','))];
        Assert.All(rows, row => Assert.Equal("mixed", row[1]));
        Assert.Equal(["1", "200", "900", "0", "0"], rows[1][5..10]);
    }

    [Fact]
    public void A_run_can_choose_strategy_level_and_granularity()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "summary.json");
        SocProcess process = SocProcess.Run(
            "run", SocProcess.Topology("studies/invalidations.yaml"), "--no-trace", "--strategy", "ping-pong", "--guarantee", "eventual", "--invalidation", "flush-all", "--summary", file);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal("ping-pong", document.RootElement.GetProperty("strategy").GetString());
        JsonElement window = document.RootElement.GetProperty("studies")[1];
        Assert.Equal(
            ("ram RO ((RW)^4 R I)^100", 900, 900, 900, 400, 0),
            (window.GetProperty("name").GetString(), window.GetProperty("walks").GetInt32(), window.GetProperty("translates").GetInt32(),
                window.GetProperty("slow").GetInt32(), window.GetProperty("sink").GetInt32(), window.GetProperty("wrong").GetInt32()));
    }

    [Theory]
    [InlineData("compare x.yaml --strategies deferred,lazy", "soc: --strategies: 'lazy' is unknown; use one of: deferred, deferred-single-slot, ping-pong, eager, eager-sinks, all-mmio")]
    [InlineData("compare x.yaml --guarantees strict,strict", "soc: --guarantees: 'strict' is listed twice; name it once")]
    [InlineData("compare x.yaml --invalidations flush", "soc: --invalidations: 'flush' is unknown; use one of: re-arm, flush-page, flush-all")]
    [InlineData("compare x.yaml --seed x", "soc: --seed: 'x' is not a whole number; give one such as 7")]
    [InlineData("compare no-such.yaml", "no-such.yaml:1:1: file: does not exist; name a topology file, such as topologies/quad-worlds.yaml")]
    [InlineData("run x.yaml --strategy lazy", "soc: --strategy: 'lazy' is unknown; use one of: deferred, deferred-single-slot, ping-pong, eager, eager-sinks, all-mmio")]
    [InlineData("run x.yaml --guarantee none", "soc: --guarantee: 'none' is unknown; use one of: acknowledged, eventual, strict")]
    [InlineData("run x.yaml --invalidation flush", "soc: --invalidation: 'flush' is unknown; use one of: re-arm, flush-page, flush-all")]
    public void A_wrong_choice_is_one_line(string arguments, string expected)
    {
        SocProcess process = SocProcess.Run(arguments.Split(' '));
        Assert.Equal(2, process.ExitCode);
        Assert.Equal(expected, Assert.Single(process.ErrorLines));
        Assert.Empty(process.Output);
    }
}
