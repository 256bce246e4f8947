using Soc.Devices;
using Soc.Memory;
using Soc.Topology.DeviceTree;

namespace Soc.Topology.Tests.DeviceTree;

/// <summary>APLIC and IMSIC in topologies, in the model and in device trees.</summary>
public class AdvancedInterruptTests
{
    private const string Text = """
        soc: aia
        harts:
          - {count: 2, isa: rv64imac_zicsr_zifencei_zicntr_smaia_ssaia, reset-vector: 0x8000_0000}
        memories:
          - {name: dram, base: 0x8000_0000, size: 16MiB}
        devices:
          - {name: aplic-m, kind: aplic-machine, base: 0x0C00_0000, sources: 64}
          - {name: aplic-s, kind: aplic-supervisor, base: 0x0D00_0000}
          - {name: imsic-m, kind: imsic-machine, base: 0x2400_0000}
          - {name: imsic-s, kind: imsic-supervisor, base: 0x2800_0000, identities: 127}
          - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
        """;

    [Fact]
    public void A_wire_becomes_a_message_in_the_harts_file()
    {
        using SystemModel model = SystemBuilder.Build(TestTopology.Load(Text), new RecordingPorts().ToPorts());
        Write(0x0C00_0000 + (4 * 10), 6);
        Write(0x0C00_1BC0, 0x2400_0000 >> 12);
        Write(0x0C00_1BC4, 1 << 12);
        Write(0x0C00_3000 + (4 * 10), (1 << 18) | 33);
        Write(0x0C00_1EDC, 10);
        Write(0x0C00_0000, 0x104);
        IInterruptFile file = model.Harts[1].MachineFile!;
        Assert.True(file.TryUpdate(0xC0, 0, 1UL << 33, NoInitiator.Instance, out _));
        Assert.Equal(0UL, file.Top);
        Assert.Equal(AccessResult.Ok, model.Bus.Write(NoInitiator.Instance, 0x1000_0001, 1, TransactionAttributes.Specified, 2));
        Assert.Equal(0x21_0021UL, file.Top);
        Assert.Equal(127, model.Harts[0].SupervisorFile!.IdentityCount);
        Write(0x2800_1000, 5);
        Assert.True(model.Harts[1].SupervisorFile!.TryUpdate(0x80, 0, 0, NoInitiator.Instance, out ulong pending));
        Assert.Equal(1UL << 5, pending);

        void Write(ulong address, ulong value) =>
            Assert.Equal(AccessResult.Ok, model.Bus.Write(NoInitiator.Instance, address, 4, TransactionAttributes.Specified, value));
    }

    [Fact]
    public void The_tree_has_both_levels_and_devices_name_their_trigger()
    {
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(TestTopology.Load(Text));
        uint files = tree.At("soc/imsics@28000000")!.Find("phandle")!.Cells[0];
        DeviceTreeNode child = tree.At("soc/aplic@d000000")!;
        Assert.Equal([files], child.Find("msi-parent")!.Cells);
        uint handle = child.Find("phandle")!.Cells[0];
        DeviceTreeNode root = tree.At("soc/aplic@c000000")!;
        Assert.Equal([handle], root.Find("riscv,children")!.Cells);
        Assert.Equal([handle, 1u, 64u], root.Find("riscv,delegation")!.Cells);
        Assert.Equal([127u], tree.At("soc/imsics@28000000")!.Find("riscv,num-ids")!.Cells);
        DeviceTreeNode uart = tree.At("soc/serial")!;
        Assert.Equal([handle], uart.Find("interrupt-parent")!.Cells);
        Assert.Equal([10u, 4u], uart.Find("interrupts")!.Cells);
        Assert.Contains("msi-parent = <&", DeviceTreeText.Write(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_files_the_controllers_drive_wires()
    {
        string text = string.Join('\n', Text.Split('\n').Where(line => !line.Contains("imsic", StringComparison.Ordinal)));
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(TestTopology.Load(text));
        Assert.Null(tree.At("soc/aplic@d000000")!.Find("msi-parent"));
        Assert.Equal([9u, 9u], tree.At("soc/aplic@d000000")!.Find("interrupts-extended")!.Cells.Where((_, index) => index % 2 == 1));
        using SystemModel model = SystemBuilder.Build(TestTopology.Load(text), new RecordingPorts().ToPorts());
        Assert.Null(model.Harts[0].MachineFile);
    }

    [Theory]
    [InlineData("identities: 127", "identities: 100", "devices[3].identities: a file has no 100 identities; use 63, 127, 255, 511, 1023, 2047 or another multiple of 64, minus one")]
    [InlineData("aplic-machine, base: 0x0C00_0000, sources: 64", "scratch, base: 0x0C00_0000", "devices.kind: 'aplic-s' is the child of a controller that is not there; add a device of 'kind: aplic-machine'")]
    [InlineData("interrupt: 10", "interrupt: 65", "interrupt: 'uart0' has interrupt source 65, but 'aplic-m' has 64 sources; use a source from 1 to 64, or raise 'sources'")]
    [InlineData("kind: imsic-machine", "kind: plic", "devices[2].kind: does the work of 'aplic-m' (line 7) a second time; keep one of them")]
    public void What_is_wrong_is_one_line(string old, string changed, string message)
    {
        TopologyLoadResult result = TopologyFile.Parse("aia.yaml", Text.Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(result.Mistakes, mistake => mistake.ToString().EndsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_iommu_and_what_is_behind_it_refer_to_each_other()
    {
        TopologyLoadResult result = TopologyFile.Load(Path.Combine(Repository.Topologies, "linux-iommu.yaml"));
        Assert.Empty(result.Mistakes);
        DeviceTreeNode tree = DeviceTreeGenerator.Generate(result.Topology!);
        DeviceTreeNode iommu = tree.At("soc/iommu@3010000")!;
        uint handle = iommu.Find("phandle")!.Cells[0];
        Assert.Equal([1u], iommu.Find("#iommu-cells")!.Cells);
        Assert.Equal([handle, 5u, handle, 6u], tree.At("soc/dma@10010000")!.Find("iommus")!.Cells);
        Assert.Equal([handle, 8u], tree.At("soc/virtio_mmio@10001000")!.Find("iommus")!.Cells);
        Assert.Null(tree.At("soc/virtio_mmio@10003000")!.Find("iommus"));
        Assert.Equal(tree.At("soc/imsics@28000000")!.Find("phandle")!.Cells, iommu.Find("msi-parent")!.Cells);
    }
}
