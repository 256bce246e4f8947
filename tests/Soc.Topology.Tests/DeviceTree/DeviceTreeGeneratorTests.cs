using System.ComponentModel;
using System.Diagnostics;
using Soc.Topology.DeviceTree;

namespace Soc.Topology.Tests.DeviceTree;

public class DeviceTreeGeneratorTests
{
    [Fact]
    public void Everything_of_the_topology_has_its_node()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(VirtTopology.Load(), (0x8800_0000, 0x8810_0000));
        foreach (string path in new[]
        {
            "cpus/cpu@0/interrupt-controller", "cpus/cpu@2", "memory@80000000", "memory@100000000", "soc/test@100000", "soc/rtc@101000", "soc/mswi@2000000",
            "soc/mtimer@200fff8", "soc/sswi@2f00000", "soc/plic@c000000", "soc/serial@10000000", "soc/virtio_mmio@10001000", "soc/virtio_mmio@10003000",
            "soc/dma@10010000", "soc/wgchecker@6000000", "flash@20000000", "poweroff", "reboot",
        })
        {
            Assert.True(tree.At(path) is not null, path);
        }

        DeviceTreeNode chosen = tree.At("chosen")!;
        Assert.Equal("console=ttyS0 root=\"/dev/vda\"", chosen.Find("bootargs")!.Text);
        Assert.NotNull(tree.At(chosen.Find("stdout-path")!.Text!));
        Assert.Equal([0u, 0x8800_0000u], chosen.Find("linux,initrd-start")!.Cells);
        Assert.Equal([0u, 0x8810_0000u], chosen.Find("linux,initrd-end")!.Cells);
        Assert.Equal(64, chosen.Find("rng-seed")!.Value.Length);
        Assert.Equal([96u], tree.At("soc/plic")!.Find("riscv,ndev")!.Cells);
    }

    [Fact]
    public void A_hart_says_what_it_can()
    {
        DeviceTreeNode cpu = DeviceTreeGenerator.Generate(VirtTopology.Load()).At("cpus/cpu@1")!;
        Assert.Equal("rv64imafdc_smwg_zicntr_zicsr_zifencei", cpu.Find("riscv,isa")!.Text);
        Assert.Equal("rv64i", cpu.Find("riscv,isa-base")!.Text);
        Assert.Equal(["i", "m", "a", "f", "d", "c", "smwg", "zicntr", "zicsr", "zifencei"], cpu.Find("riscv,isa-extensions")!.Texts);
        Assert.Equal("riscv,sv39", cpu.Find("mmu-type")!.Text);
        Assert.Equal([1u], cpu.Find("reg")!.Cells);
    }

    [Fact]
    public void Interrupts_lead_to_the_controllers_that_they_name()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(VirtTopology.Load());
        uint plic = tree.At("soc/plic")!.Find("phandle")!.Cells[0];
        Assert.All(
            tree.All().Where(node => node.Find("interrupts") is not null),
            node => Assert.Equal([plic], node.Find("interrupt-parent")!.Cells));
        Assert.Equal([10u], tree.At("soc/serial")!.Find("interrupts")!.Cells);
        uint[] harts = [.. Enumerable.Range(0, 3).Select(hart => tree.At($"cpus/cpu@{hart}/interrupt-controller")!.Find("phandle")!.Cells[0])];
        Assert.Equal(3, harts.Distinct().Count());
        Assert.Equal(harts.SelectMany(hart => new[] { hart, 11u, hart, 9u }), tree.At("soc/plic")!.Find("interrupts-extended")!.Cells);
        Assert.Equal(harts.SelectMany(hart => new[] { hart, 7u }), tree.At("soc/mtimer")!.Find("interrupts-extended")!.Cells);
    }

    [Fact]
    public void Harts_and_memories_of_others_are_not_shown()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(
            VirtTopology.Load(
                "  kernel: no-such-file", "  kernel: no-such-file\n  harts: [0, 2]\n  memories: [dram]",
                "{count: 3, isa:", "{count: 3, reset-vector: 0x8000_0000, isa:"));
        Assert.Equal(["cpu@0", "cpu@2"], tree.At("cpus")!.Children.Select(child => child.Name));
        Assert.Null(tree.At("memory@100000000"));
        uint[] contexts = [.. tree.At("soc/plic")!.Find("interrupts-extended")!.Cells];
        Assert.Equal(12, contexts.Length);
        Assert.Equal([11u, 9u, uint.MaxValue, uint.MaxValue, 11u, 9u], contexts.Where((_, index) => index % 2 == 1));
    }

    [Fact]
    public void The_seed_decides_the_kernels_randomness()
    {
        Assert.Equal(Seed(1), Seed(1));
        Assert.NotEqual(Seed(1), Seed(2));

        static byte[] Seed(ulong seed) =>
            DeviceTreeGenerator.Generate(VirtTopology.Load() with { Seed = seed }).At("chosen")!.Find("rng-seed")!.Value.ToArray();
    }

    [Theory]
    [InlineData("harts: 7", "virt.yaml:29:10: boot.harts: '7' is no range of harts of this SoC; give ids such as 0-3, or a list such as [0, 2-3]")]
    [InlineData("memories: [rom]", "virt.yaml:29:13: boot.memories: there is no RAM 'rom'; list names of memories of 'kind: ram'")]
    [InlineData("kernle: x", "virt.yaml:29:3: boot.kernle: is not a known key; did you mean 'kernel'?")]
    public void What_cannot_be_booted_is_one_line(string line, string message)
    {
        TopologyLoadResult result = TopologyFile.Parse("virt.yaml", VirtTopology.Text.Replace("append:", $"{line}\n  append:", StringComparison.Ordinal));
        Assert.Equal(message, Assert.Single(result.Mistakes).ToString());
    }

    /// <summary>The tree compiler's own checks; where it is not installed, its absence is all that can be shown.</summary>
    [Fact]
    public void The_tree_compiler_accepts_the_tree_without_a_word()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(VirtTopology.Load());
        if (Compile(DeviceTreeBlob.Write(tree), "dtb", "dts") is not { } decompiled)
        {
            Assert.Null(Compile([], "dtb", "dts"));
            return;
        }

        Assert.Equal("", decompiled.Words);
        (byte[] blob, string words) = Compile(System.Text.Encoding.UTF8.GetBytes(DeviceTreeText.Write(tree)), "dts", "dtb")!.Value;
        Assert.Equal("", words);
        Assert.Equal(DeviceTreeText.Write(tree), DeviceTreeText.Write(DeviceTreeBlob.Read(blob)));
    }

    private static (byte[] Output, string Words)? Compile(byte[] input, string from, string to)
    {
        var start = new ProcessStartInfo("dtc", ["-I", from, "-O", to, "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        {
            Task<string> words = process.StandardError.ReadToEndAsync();
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return (output.ToArray(), words.Result);
        }
    }
}
