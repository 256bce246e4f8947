using System.Collections.Concurrent;
using System.Text;
using Soc.Actors.Summary;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

/// <summary>
/// Firmware that divides a machine among domains with WorldGuard (tests/guests/worlds/firmware-policy.c): cases F1 to F10 of
/// worldguard.md section 10.6. The guest checks what it sees and says it, a line for each case.
/// </summary>
public class FirmwarePolicyTests
{
    private static readonly ConcurrentDictionary<(string Image, bool Worlds, string Mode), Lazy<string[]>> s_runs = new();

    /// <summary>The modes that each case runs in.</summary>
    public static TheoryData<string> Modes => ["lockstep", "parallel", "free"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void F1_the_checkers_read_back_the_table_of_the_policy(string mode)
    {
        // Once after programming, and once more when the domains are gone.
        Assert.Equal(2, Run(mode).Count(line => line == "F1 the checkers read back what the policy says"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void F2_one_line_for_each_checker_and_a_self_test_that_passes(string mode) => Assert.Equal(
        [
            "F2 wgchecker@6000000 base 6000000 slots 16 rules 3",
            "F2 wgchecker@6001000 base 6001000 slots 16 rules 0 full-checker",
            "F2 wgchecker@6002000 base 6002000 slots 1 rules 0 full-checker",
            "F2 self-test 3 of 3",
        ],
        Run(mode).Where(line => line.StartsWith("F2 ", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F3_domain_0_is_entered_in_world_0_with_worlds_0_1_and_3(string mode) =>
        Assert.Contains("F3 domain 0: mlwid 0 mwiddeleg b slwid 0", Run(mode));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F4_domain_1_is_entered_in_world_1_with_worlds_1_and_3(string mode) =>
        Assert.Contains("F4 domain 1: mlwid 1 mwiddeleg a slwid 1", Run(mode));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F5_what_world_0_stores_behind_a_refusing_rule_is_not_there(string mode) =>
        Assert.Contains("F5 S-mode loads 0 of what it stored", Run(mode));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F6_slwid_decides_what_U_mode_sees_and_S_mode_stays_where_it_is(string mode) =>
        Assert.Contains("F6 U-mode: 2222 in world 1, S-mode 0, U-mode 0 in world 0, 2222 in world 3; slwid 2 reads back 0", Run(mode));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F7_the_words_around_the_refused_range_are_open_and_its_last_is_not(string mode) =>
        Assert.Contains("F7 below 7001 above 7002 last 0", Run(mode));

    [Theory]
    [MemberData(nameof(Modes))]
    public void F8_the_UART_is_refused_by_PMP_without_a_region_and_by_the_checker_with_one(string mode)
    {
        string[] lines = Run(mode);
        Assert.Contains("F8 UART without a region: cause 5", lines);
        Assert.Contains("F8 UART with a region: 0", lines);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void F9_a_console_call_of_a_domain_is_printed_by_M_mode(string mode)
    {
        string[] lines = Run(mode);
        Assert.Contains("F9 printed for world 0", lines);
        Assert.Contains("F9 printed for world 1", lines);
    }

    /// <summary>On harts without the CSRs a touch is an illegal instruction, which ends the run; on those with them, what S-mode sees tells.</summary>
    [Theory]
    [InlineData(false, "lockstep")]
    [InlineData(false, "free")]
    [InlineData(true, "lockstep")]
    [InlineData(true, "free")]
    public void F10_without_worlds_in_the_device_tree_the_checkers_are_programmed_and_no_CSR_of_worlds_is_touched(bool worlds, string mode)
    {
        string[] lines = Run(mode, "firmware-policy-plain", worlds);
        Assert.Equal(2, lines.Count(line => line == "F1 the checkers read back what the policy says"));
        Assert.Contains("F2 self-test 3 of 3", lines);
        Assert.Contains("F9 printed for the hart's own world", lines);
        Assert.Contains("F10 no CSR of worlds is touched, S-mode loads 5ec8e7", lines);
    }

    [Fact]
    public void F10_the_firmware_of_worlds_does_not_get_far_on_harts_without_them()
    {
        (RunResult result, string[] lines) = Execute("firmware-policy", worlds: false, "lockstep");

        Assert.Equal(RunOutcome.Finished, result.End.Outcome);
        Assert.NotEqual(0, result.End.ExitCode);
        Assert.Contains(lines, line => line.StartsWith("hart 0: unexpected trap, cause 2", StringComparison.Ordinal));
    }

    /// <summary>The lines of one run for all cases, which must have passed.</summary>
    private static string[] Run(string mode, string image = "firmware-policy", bool worlds = true) => s_runs.GetOrAdd(
        (image, worlds, mode),
        key => new Lazy<string[]>(() =>
        {
            (RunResult result, string[] lines) = Execute(key.Image, key.Worlds, key.Mode);
            Assert.Equal("PASS firmware-policy", lines[^1]);
            Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
            Assert.Empty(result.Summary.Sanitizer!.Reports);
            return lines;
        })).Value;

    private static (RunResult Result, string[] Lines) Execute(string image, bool worlds, string mode)
    {
        string file = Path.Combine(Repository.Root, "topologies", "firmware-policy.yaml");
        string text = File.ReadAllText(file);
        TopologyLoadResult loaded = TopologyFile.Parse(
            file,
            worlds ? text : text.Replace("_smwg_smwgd_sswg", string.Empty, StringComparison.Ordinal),
            new TopologyLoadOptions { Image = Repository.GuestFile($"{image}.elf") });
        Assert.Empty(loaded.Mistakes);
        using var console = new MemoryStream();

        RunResult result = SocRunner.Run(
            loaded.Topology! with { Mode = mode == "free" ? RunMode.Free : RunMode.Lockstep, Parallel = mode == "parallel" },
            new RunOptions { Console = console, Sanitize = true, TimeLimit = 60_000_000_000 },
            CancellationToken.None);

        return (result, Encoding.UTF8.GetString(console.ToArray()).TrimEnd('\n').Split('\n'));
    }
}
