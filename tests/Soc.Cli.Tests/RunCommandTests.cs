using System.Diagnostics;
using System.Text.Json;

namespace Soc.Cli.Tests;

public class RunCommandTests
{
    [Fact]
    public void A_run_prints_console_and_summary_and_gives_the_guests_exit_code()
    {
        using var folder = new TemporaryFolder();
        string trace = Path.Combine(folder.Path, "new", "run.trace.json");
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--trace", trace);
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.StartsWith("hello from hart 0\n", process.Output, StringComparison.Ordinal);
        Assert.Contains("\nsingle-hart: the guest passed (exit code 0)\n", process.Output, StringComparison.Ordinal);
        Assert.Contains(trace, process.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(trace));
    }

    [Fact]
    public void Refused_accesses_are_explained()
    {
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("tzc400.yaml"), "--no-trace", "--explain");
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.Matches(
            @"\nrefused accesses\n(.*\n)*[\d,]+ ns: dma0, descriptor at 0x80200000 \(NSAID 1, RRID 291, Non-secure\): store of 8 bytes at 0x90010040 \(ddr0\+0x10040\) "
            + @"refused by tzc with a bus error: region 2 of filter 0 \(0x90010000-0x9001ffff\) does not let NSAID 1 write; recorded: INT_STATUS = 0x1,",
            process.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Two_lockstep_runs_differ_in_the_host_block_only()
    {
        using var folder = new TemporaryFolder();
        string[] outputs = new string[2];
        string[] summaries = new string[2];
        for (int run = 0; run < 2; run++)
        {
            string file = Path.Combine(folder.Path, $"{run}.json");
            SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--no-trace", "--seed", "5", "--summary", file);
            Assert.Equal((0, ""), (process.ExitCode, process.Error));
            outputs[run] = process.Output[..process.Output.IndexOf("host (differs from run to run)", StringComparison.Ordinal)];
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            Assert.True(document.RootElement.TryGetProperty("host", out _));
            summaries[run] = string.Join('\n', document.RootElement.EnumerateObject().Where(property => property.Name != "host"));
        }

        Assert.Contains("seed 5", outputs[0], StringComparison.Ordinal);
        Assert.Equal(outputs[0], outputs[1]);
        Assert.Equal(summaries[0], summaries[1]);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void The_time_limit_ends_a_run_with_124()
    {
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--no-trace", "--max-time", "50us");
        Assert.Equal(124, process.ExitCode);
        Assert.Contains("(exit code 124)", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_C_prints_the_summary_and_keeps_the_trace()
    {
        using var folder = new TemporaryFolder();
        string output = Path.Combine(folder.Path, "out");
        string trace = Path.Combine(output, "run.trace.json");
        string image = Path.Combine(SocProcess.Root, "tests", "guests", "bin", "bench-mixed.elf");
        SocProcess process = SocProcess.RunWhile(
            running =>
            {
                // The folder is made after the signals are in hand.
                while (!Directory.Exists(output) && !running.HasExited)
                {
                    Thread.Sleep(10);
                }

                using Process kill = Process.Start("kill", ["-INT", $"{running.Id}"]);
                kill.WaitForExit();
            },
            "run", SocProcess.Topology("single-hart.yaml"), "--image", image, "--trace", trace);
        Assert.Equal((130, ""), (process.ExitCode, process.Error));
        Assert.Contains("(exit code 130)", process.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(trace));
    }
}
