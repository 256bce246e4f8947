namespace Soc.Topology.Tests.DeviceTree;

/// <summary>A topology with one of everything that a device tree describes.</summary>
internal static class VirtTopology
{
    public const string Text = """
        soc: virt
        mode: free
        worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}
        harts:
          - {count: 3, isa: rv64imafdc_zicsr_zifencei_zicntr_smwg}
        memories:
          - {name: boot-rom, base: 0x1000, size: 0xF000, kind: rom}
          - {name: dram, base: 0x8000_0000, size: 128MiB}
          - {name: other, base: 0x1_0000_0000, size: 64MiB}
        devices:
          - {name: finisher, kind: test-finisher, base: 0x0010_0000}
          - {name: rtc, kind: goldfish-rtc, base: 0x0010_1000, interrupt: 11}
          - {name: mswi, kind: aclint-mswi, base: 0x0200_0000}
          - {name: mtimer, kind: aclint-mtimer, base: 0x0200_8000}
          - {name: sswi, kind: aclint-sswi, base: 0x02F0_0000}
          - {name: plic, kind: plic, base: 0x0C00_0000, sources: 96}
          - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
          - {name: flash, kind: cfi-flash, base: 0x2000_0000, size: 4MiB}
        dma:
          - {name: dma0, base: 0x1001_0000, interrupt: 20}
        virtio:
          - {name: disk0, kind: block, base: 0x1000_1000, interrupt: 1, size: 1MiB, wid: 2}
          - {name: net0, kind: network, base: 0x1000_2000, interrupt: 2}
          - {name: console0, kind: console, base: 0x1000_3000, interrupt: 3}
        checkers:
          - {name: wgc, kind: wgchecker, base: 0x0600_0000, interrupt: 15, protects: [dram]}
        boot:
          kernel: no-such-file
          append: "console=ttyS0 root=\"/dev/vda\""
        """;

    /// <summary>The topology with pieces of text replaced: old, new, old, new and so on.</summary>
    public static SocTopology Load(params string[] changes) => Load(new BootOverrides(), changes);

    public static SocTopology Load(BootOverrides boot, params string[] changes)
    {
        string text = Text;
        for (int i = 0; i < changes.Length; i += 2)
        {
            Assert.Contains(changes[i], text, StringComparison.Ordinal);
            text = text.Replace(changes[i], changes[i + 1], StringComparison.Ordinal);
        }

        TopologyLoadResult result = TopologyFile.Parse("virt.yaml", text, new TopologyLoadOptions { Boot = boot });
        Assert.Empty(result.Mistakes);
        return result.Topology!;
    }
}
