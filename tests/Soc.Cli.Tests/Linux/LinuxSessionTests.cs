using System.Text.Json;

namespace Soc.Cli.Tests.Linux;

/// <summary>
/// Somebody works at Linux's console. Part of the build only with <c>SOC_LINUX=1</c>, because it takes minutes and needs what
/// tests/guests/linux/fetch.sh fetches: <c>SOC_LINUX=1 dotnet test -c Release tests/Soc.Cli.Tests --filter Linux</c>.
/// </summary>
public class LinuxSessionTests
{
    private const double Boot = 600;
    private const double Command = 120;

    [Fact]
    public void A_session_in_worlds_runs_commands_shows_the_harts_and_powers_off()
    {
        using var folder = new TemporaryFolder();
        string trace = Path.Combine(folder.Path, "worlds.trace.json");
        string summary = Path.Combine(folder.Path, "worlds.json");
        using var terminal = new PseudoTerminal("run", SocProcess.Topology("linux-worlds.yaml"), "--trace", trace, "--summary", summary, "--append", "console=ttyS0");
        int place = terminal.WaitFor("soc: init reached, 4 harts", 0, Boot);
        place = terminal.WaitFor("# ", place, Command);

        // What is looked for is not what was typed: the shell has computed it.
        terminal.Type("echo answer-$((6 * 7))\n");
        place = terminal.WaitFor("answer-42", place, Command);
        terminal.Type("echo $(grep -c ^processor /proc/cpuinfo) processors; echo pipe | tr a-z A-Z; cat /proc/device-tree/model; echo\n");
        place = terminal.WaitFor("4 processors", place, Command);
        place = terminal.WaitFor("PIPE", place, Command);
        terminal.Type("\u0001h");
        place = terminal.WaitFor("hart0: ", place, Command);
        place = terminal.WaitFor("hart3: ", place, Command);
        place = terminal.WaitFor("hart4: M-mode world 2", place, Command);

        // Ctrl-C belongs to the guest.
        terminal.Type("sleep 1000\n");
        place = terminal.WaitFor("sleep 1000", place, Command);
        terminal.Type("\u0003");
        terminal.Type("echo still-$((1 + 1))\n");
        terminal.WaitFor("still-2", place, Command);
        terminal.Type("poweroff -f\n");
        Assert.Equal(0, terminal.WaitForExit(Command));
        Assert.Contains("linux-worlds: the guest passed (exit code 0)", terminal.Shown, StringComparison.Ordinal);

        using var document = JsonDocument.Parse(File.ReadAllText(summary));
        JsonElement intruder = document.RootElement.GetProperty("harts").EnumerateArray().Single(hart => hart.GetProperty("name").GetString() == "hart4");
        Assert.True(intruder.GetProperty("refused").GetUInt64() > 0);
        Assert.Contains("access.refused", File.ReadAllText(trace), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_A_x_leaves_Linux_with_130()
    {
        using var terminal = new PseudoTerminal("run", SocProcess.Topology("linux-worlds.yaml"), "--no-trace");
        terminal.WaitFor("Linux version", 0, Boot);
        terminal.Type("\u0001x");
        Assert.Equal(130, terminal.WaitForExit(Command));
        Assert.Contains(" icanon", terminal.Shown, StringComparison.Ordinal);
    }
}
