namespace Soc.Cli.Tests;

public class TopologyCommandTests
{
    [Theory]
    [InlineData("quad-worlds", "quad-worlds is sound (4 harts, 1 DMA engine, 1 checker)")]
    [InlineData("single-hart", "single-hart is sound (1 hart, 0 DMA engines, 0 checkers)")]
    [InlineData("octa-worlds", "octa-worlds is sound (8 harts, 1 DMA engine, 1 checker)")]
    [InlineData("many-harts", "many-harts is sound (64 harts, 1 DMA engine, 1 checker)")]
    public void Check_says_that_a_topology_is_sound(string name, string expected)
    {
        SocProcess process = SocProcess.Run("topology", "check", SocProcess.Topology($"{name}.yaml"));
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.EndsWith($": {expected}\n", process.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Show_has_the_tree_and_the_memory_map()
    {
        SocProcess process = SocProcess.Run("topology", "show", SocProcess.Topology("quad-worlds.yaml"));
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        string[] lines = process.Output.Split('\n');
        Assert.StartsWith("quad-worlds: lockstep, quantum 1 us, seed 0", lines[0], StringComparison.Ordinal);
        Assert.Contains("    hart0..hart3: rv64imac_zicsr_zifencei_zicntr_smwg_smwgd_sswg, 1 GHz, starts at 0x80000000, M-mode in world 3, lower modes in 0-3, TLB 256+8", lines);
        Assert.Contains("    through wgc-dram", lines);
        Assert.Contains("      dram (ram, 256 MiB)", lines);
        Assert.Contains("  0x8000_0000  0x8fff_ffff  256 MiB  dram      ram                             wgc-dram", lines);
        Assert.DoesNotContain('\u001b', process.Output);
    }

    [Fact]
    public void Registers_are_shown_field_by_field_as_they_are_after_reset()
    {
        SocProcess process = SocProcess.Run("topology", "show", SocProcess.Topology("an505-mpc.yaml"), "--registers", "mpc-sram");
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        string[] lines = process.Output.Split('\n');
        Assert.Contains("mpc-sram (mpc) at 0x50083000", lines);
        Assert.Contains(lines, line => line.StartsWith("  0x014", StringComparison.Ordinal) && line.Contains("BLK_CFG", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("BLK_SIZE", StringComparison.Ordinal) && line.Contains("RO", StringComparison.Ordinal) && line.Contains("0x3", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("mpc-ssram1", StringComparison.Ordinal));
    }

    [Fact]
    public void Registers_of_all_checkers_are_shown_when_no_name_is_given()
    {
        SocProcess process = SocProcess.Run("topology", "show", SocProcess.Topology("all-checkers.yaml"), "--registers");
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.All((string[])["iopmp (iopmp)", "gpc (gpc)", "wgc (wgchecker)", "mpc (mpc)", "tzc (tzc-400)"], heading => Assert.Contains($"\n{heading} at 0x", "\n" + process.Output, StringComparison.Ordinal));
        Assert.Contains("ENTRY_CFG(0) .. ENTRY_CFG(15)", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Registers_of_a_checker_that_is_not_there_are_a_mistake()
    {
        SocProcess process = SocProcess.Run("topology", "show", SocProcess.Topology("an505-mpc.yaml"), "--registers", "mpc9");
        Assert.Equal(2, process.ExitCode);
        Assert.Matches("^soc: --registers: there is no checker 'mpc9' in .*; use one of: mpc-sram, mpc-ssram1, mpc-ssram2\r?\n$", process.Error);
    }

    [Theory]
    [InlineData("--version")]
    public void The_version_is_one_line(string argument)
    {
        SocProcess process = SocProcess.Run(argument);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.Matches(@"\Asoc \d+\.\d+\.\d+\r?\n\z", process.Output);
    }

    [Theory]
    [InlineData("--help", "topology")]
    [InlineData("run --help", "--max-time")]
    public void Help_names_commands_and_options(string arguments, string expected)
    {
        SocProcess process = SocProcess.Run(arguments.Split(' '));
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.Contains(expected, process.Output, StringComparison.Ordinal);
    }
}
