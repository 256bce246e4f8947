namespace Soc.Cli.Tests;

public sealed class DeviceTreeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_topology_goes_out_as_a_tree_and_comes_in_again()
    {
        string blob = Path.Combine(_folder.Path, "quad.dtb");
        SocProcess written = SocProcess.Run("topology", "dtb", SocProcess.Topology("quad-worlds.yaml"), "-o", blob);
        Assert.Equal((0, "", ""), (written.ExitCode, written.Output, written.Error));
        Assert.Equal([0xD0, 0x0D, 0xFE, 0xED], File.ReadAllBytes(blob)[..4]);

        string copy = Path.Combine(_folder.Path, "copy.yaml");
        SocProcess imported = SocProcess.Run("topology", "import", blob, "-o", copy);
        Assert.Equal(0, imported.ExitCode);
        Assert.Contains($"{blob}: left out: /soc/wgchecker@6000000: nothing here is compatible with sifive,wgchecker2", imported.ErrorLines);
        SocProcess check = SocProcess.Run("topology", "check", copy);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains("quad is sound (4 harts,", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_text_goes_to_standard_output()
    {
        SocProcess process = SocProcess.Run("topology", "dtb", SocProcess.Topology("quad-worlds.yaml"), "--dts", "--append", "console=ttyS0", "--kernel", "no-such-kernel");
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("there is no memory for the boot ROM", Assert.Single(process.ErrorLines), StringComparison.Ordinal);
        process = SocProcess.Run("topology", "dtb", SocProcess.Topology("quad-worlds.yaml"), "--dts");
        Assert.StartsWith("/dts-v1/;\n", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_is_not_there_is_one_line_and_exit_code_2()
    {
        SocProcess process = SocProcess.Run("run", SocProcess.Topology("linux-virt.yaml"), "--no-trace", "--kernel", "no-such-kernel", "--bios", "none");
        Assert.Equal(2, process.ExitCode);
        Assert.Matches(
            @"boot\.kernel: '.*no-such-kernel' cannot be read \(no such file\); correct the path, or fetch a guest with tests/guests/linux/fetch\.sh\z", Assert.Single(process.ErrorLines));
    }

    [Theory]
    [InlineData("topology import no-such.dtb", "no-such.dtb: does not exist; name a device tree blob, such as 'soc topology dtb' or 'dtc -O dtb' makes")]
    [InlineData("topology dtb no-such.yaml", "no-such.yaml:1:1: file: does not exist; name a topology file, such as topologies/quad-worlds.yaml")]
    public void What_is_not_there_is_one_line(string arguments, string message)
    {
        SocProcess process = SocProcess.Run(arguments.Split(' '));
        Assert.Equal((2, message), (process.ExitCode, Assert.Single(process.ErrorLines)));
    }

    [Fact]
    public void What_is_no_tree_is_one_line()
    {
        string file = _folder.Write("text.dtb", "/dts-v1/; / { model = \"text, not a blob, and long enough\"; };");
        SocProcess process = SocProcess.Run("topology", "import", file);
        Assert.Equal(
            (2, $"{file}: this is no device tree blob: it does not start with d00dfeed; compile a text with 'dtc -O dtb' first"),
            (process.ExitCode, Assert.Single(process.ErrorLines)));
    }

    /// <summary>A bare-metal program boots from the ROM, as the kernel of a machine without firmware.</summary>
    [Fact]
    public void A_bare_metal_kernel_boots_from_the_rom()
    {
        SocProcess process = SocProcess.Run(
            "run", SocProcess.Topology("linux-virt.yaml"), "--no-trace", "--bios", "none", "--mode", "lockstep",
            "--kernel", Path.Combine(SocProcess.Root, "tests/guests/bin/hello.elf"), "--initrd", _folder.Write("initrd", "small"));
        Assert.Equal((0, ""), (process.ExitCode, process.Error));
        Assert.Contains("hello from hart 0", process.Output, StringComparison.Ordinal);
    }
}
