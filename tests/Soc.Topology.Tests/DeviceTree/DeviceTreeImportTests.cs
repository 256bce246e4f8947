using Soc.Topology.DeviceTree;

namespace Soc.Topology.Tests.DeviceTree;

public class DeviceTreeImportTests
{
    [Fact]
    public void What_a_topology_generates_imports_as_a_sound_topology_with_the_same_map()
    {
        SocTopology original = VirtTopology.Load();
        DeviceTreeImport import = DeviceTreeImport.From(DeviceTreeGenerator.Generate(original), "copy");
        TopologyLoadResult result = TopologyFile.Parse("copy.yaml", import.Yaml);
        Assert.Empty(result.Mistakes);
        SocTopology copy = result.Topology!;
        Assert.Equal(3, copy.Harts.Count);
        Assert.Equal("rv64imacfd_zicsr_zifencei_zicntr", copy.Harts[0].Isa.Text);
        Assert.Equal(original.Memories.Select(memory => (memory.Base, memory.Size)), copy.Memories.Select(memory => (memory.Base, memory.Size)));
        Assert.Equal(
            original.Devices.Select(device => (device.Kind, device.Base, device.Size, device.Interrupt)).Order(),
            copy.Devices.Select(device => (device.Kind, device.Base, device.Size, device.Interrupt)).Order());
        Assert.Equal(original.VirtioDevices.Select(device => device.Base), copy.VirtioDevices.Select(device => device.Base));
        Assert.Equal(original.Boot!.Append, copy.Boot!.Append);
        Assert.Equal(original.Timebase, copy.Timebase);
    }

    [Fact]
    public void What_is_left_out_is_said()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(VirtTopology.Load());
        tree.At("soc")!.Add("pci@30000000").Texts("compatible", "pci-host-ecam-generic").Wide("reg", 0x3000_0000, 0x1000_0000);
        tree.At("soc/rtc")!.Texts("status", "disabled");
        tree.At("cpus/cpu@0")!.Texts("riscv,isa-extensions", "i", "m", "a", "c", "zzz");
        DeviceTreeImport import = DeviceTreeImport.From(tree, "copy");
        Assert.Contains("/soc/pci@30000000: nothing here is compatible with pci-host-ecam-generic", import.LeftOut);
        Assert.Contains("/soc/rtc@101000: is disabled", import.LeftOut);
        Assert.Contains("/soc/wgchecker@6000000: nothing here is compatible with sifive,wgchecker2", import.LeftOut);
        Assert.Contains("/cpus: harts of this version do not have zzz", import.LeftOut);
        Assert.All(import.LeftOut, line => Assert.Contains($"# left out: {line}\n", import.Yaml, StringComparison.Ordinal));
    }
}
