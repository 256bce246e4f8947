namespace Soc.Cli.Tests;

public class TerminalTests
{
    [Fact]
    public void A_table_that_is_too_wide_becomes_several_and_no_number_is_broken()
    {
        using var terminal = new PseudoTerminal("run", SocProcess.Topology("single-hart.yaml"), "--no-trace");
        Assert.Equal(0, terminal.WaitForExit(60));
        string[] lines = [.. terminal.Shown.Split('\n').Select(line => line.TrimEnd('\r'))];
        Assert.Contains(lines, line => line.Contains(" hart  ", StringComparison.Ordinal) && line.Contains(" instructions ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" hart  ", StringComparison.Ordinal) && line.Contains(" lazy translations ", StringComparison.Ordinal));
        string[] rows = [.. lines.Where(line => line.Contains(" hart0 ", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.InRange(row.Length, 1, 80));
    }

    [Fact]
    public void Control_A_h_shows_the_harts_and_Control_A_x_leaves_a_terminal_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string image = Path.Combine(SocProcess.Root, "tests", "guests", "bin", "bench-mixed.elf");
        string topology = File.ReadAllText(SocProcess.Topology("single-hart.yaml")).Replace("../tests/guests/bin/hello.elf", image, StringComparison.Ordinal);
        using var terminal = new PseudoTerminal("run", folder.Write("typed.yaml", topology + "console: uart0\n"), "--no-trace");

        // Nothing says when the run has begun; what is typed before is not answered.
        int place = -1;
        for (int tries = 0; place < 0 && tries < 60; tries++)
        {
            terminal.Type("\u0001h");
            place = terminal.TryWaitFor("hart0: M-mode at 0x", 0, 0.5);
        }

        Assert.True(place >= 0, terminal.Shown);
        Assert.Matches(@"hart0: M-mode at 0x[0-9a-f]+ <\w+", terminal.Shown);
        terminal.Type("\u0001x");
        Assert.Equal(130, terminal.WaitForExit(30));
        Assert.Contains("(exit code 130)", terminal.Shown, StringComparison.Ordinal);
        Assert.Contains(" icanon", terminal.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("-icanon", terminal.Shown, StringComparison.Ordinal);
    }
}
