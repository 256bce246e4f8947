namespace Soc.Cli.Tests;

/// <summary>Every mistake of a user: exit code 2, one line each on stderr, nothing on stdout, never a stack trace.</summary>
public class MistakeTests
{
    private const string Sound = """
        soc: test
        harts:
          - {isa: rv64imac_zicsr_zifencei_zicntr, reset-vector: 0x8000_0000}
        memories:
          - {name: dram, base: 0x8000_0000, size: 1MiB}
        """;

    [Theory]
    [InlineData("--frobnicate", "soc: unknown option '--frobnicate'; see 'soc --help'")]
    [InlineData("run", "soc: Required argument 'FILE' missing for command: 'run'; see 'soc run --help'")]
    [InlineData("run --frobnicate x.yaml", "soc: unknown option '--frobnicate'; see 'soc run --help'")]
    [InlineData("run x.yaml --seed", "soc: Required argument missing for option: '--seed'; see 'soc run --help'")]
    [InlineData("run x.yaml --seed seven", "soc: --seed: 'seven' is not a whole number; give one such as 7")]
    [InlineData("run x.yaml --mode turbo", "soc: --mode: 'turbo' is unknown; use lockstep or free")]
    [InlineData("run x.yaml --quantum 10", "soc: --quantum: '10' is not a time above zero; give one such as 10us")]
    [InlineData("run x.yaml --max-time 0ms", "soc: --max-time: '0ms' is not a time above zero; give one such as 50ms")]
    [InlineData("run x.yaml --otlp jaeger", "soc: --otlp: 'jaeger' is not an address; give one such as http://localhost:4317")]
    [InlineData("run x.yaml --no-trace --trace t.json", "soc: --no-trace: a trace file is named as well; keep either --trace or --no-trace")]
    [InlineData("run no-such.yaml", "no-such.yaml:1:1: file: does not exist; name a topology file, such as topologies/quad-worlds.yaml")]
    [InlineData("topology check no-such.yaml", "no-such.yaml:1:1: file: does not exist;")]
    [InlineData("topology show no-such.yaml", "no-such.yaml:1:1: file: does not exist;")]
    [InlineData("topology check", "soc: Required argument 'FILE' missing for command: 'check'; see 'soc topology check --help'")]
    [InlineData("topology frobnicate", "soc: 'frobnicate' is not expected here; see 'soc topology --help'")]
    [InlineData("run x.yaml y.yaml", "soc: 'y.yaml' is not expected here; see 'soc run --help'")]
    [InlineData("topology", "soc: Required command was not provided; see 'soc topology --help'")]
    [InlineData("", "soc: Required command was not provided; see 'soc --help'")]
    public void A_wrong_command_line_is_one_line(string arguments, string expected)
    {
        SocProcess process = SocProcess.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, process.ExitCode);
        Assert.StartsWith(expected, Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_wrong_options_are_one_line_each()
    {
        SocProcess process = SocProcess.Run("run", "x.yaml", "--seed", "x", "--quantum", "y");
        Assert.Equal(2, process.ExitCode);
        Assert.Equal(["soc: --seed: ", "soc: --quantum: "], process.ErrorLines.Select(line => line[..line.IndexOf('\'', StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("size: 1MiB", "size: 1MB", "5:43: memories[0].size: '1MB' is not right here; give a size such as 256MiB, 0x1000 or 4096")]
    [InlineData("soc: test", "soc: [test", ":1:6: yaml: the structure breaks after this place; close every '[' and '{' that is open here")]
    [InlineData("isa:", "issa:", "harts[0].isa: is missing; give an ISA string such as rv64imac_zicsr_zifencei_zicntr\n")]
    [InlineData("memories:", "images: [{file: gone.elf}]\nmemories:", "4:17: images[0].file: 'gone.elf' cannot be read (no such file); build the guest, or correct the path; it starts at the folder of the topology file")]
    public void A_wrong_topology_is_one_line_a_mistake(string old, string changed, string expected)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("soc.yaml", Sound.Replace(old, changed, StringComparison.Ordinal));
        foreach (string command in new[] { "run", "topology check", "topology show" })
        {
            SocProcess process = SocProcess.Run([.. command.Split(' '), file]);
            Assert.Equal(2, process.ExitCode);
            Assert.Empty(process.Output);
            Assert.Contains(expected.TrimEnd('\n'), process.Error, StringComparison.Ordinal);
            Assert.All(process.ErrorLines, line => Assert.StartsWith($"{file}:", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Three_mistakes_are_three_lines()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("soc.yaml", Sound.Replace("1MiB", "lots", StringComparison.Ordinal).Replace("soc: test", "soc: test\nmode: fast\nquantum: soon", StringComparison.Ordinal));
        SocProcess process = SocProcess.Run("topology", "check", file);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal([$"{file}:2:7: mode: ", $"{file}:3:10: quantum: ", $"{file}:7:43: memories[0].size: "], process.ErrorLines.Select(line => line[..line.IndexOf('\'', StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData(40, "at offset 0x28: header: the file ends after 40 of 64 header bytes; it is truncated, build it again")]
    [InlineData(0x1200, "it is truncated or damaged, build it again")]
    public void A_truncated_image_is_one_line(int length, string expected)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = File.ReadAllBytes(Path.Combine(SocProcess.Root, "tests", "guests", "bin", "hello.elf"));
        folder.Write("hello.elf", whole[..length]);
        string file = folder.Write("soc.yaml", Sound + "\nimages: [{file: hello.elf}]\n");
        SocProcess process = SocProcess.Run("run", file);
        Assert.Equal(2, process.ExitCode);
        Assert.EndsWith(expected, Assert.Single(process.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    [Fact]
    public void An_image_of_another_machine_is_one_line()
    {
        using var folder = new TemporaryFolder();
        byte[] foreign = File.ReadAllBytes(Path.Combine(SocProcess.Root, "tests", "guests", "bin", "hello.elf"));
        foreign[18] = 62;
        string image = folder.Write("foreign.elf", foreign);
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--image", image);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("--image: ", Assert.Single(process.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("e_machine: 62 is not supported", process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_symbols_with_a_wrong_line_is_one_line()
    {
        using var folder = new TemporaryFolder();
        string map = folder.Write("System.map", "ffffffff80002000 T _start\nffffffffffffffff B The real one is elsewhere\n");
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--symbols", map);
        Assert.Equal(2, process.ExitCode);
        Assert.StartsWith($"soc: --symbols: {map}:2: ", Assert.Single(process.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_said_before_the_run()
    {
        using var folder = new TemporaryFolder();
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("single-hart.yaml"), "--summary", folder.Path);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal($"soc: --summary: '{folder.Path}' is a folder; name a file", Assert.Single(process.ErrorLines));
        Assert.Empty(process.Output);
    }
}
