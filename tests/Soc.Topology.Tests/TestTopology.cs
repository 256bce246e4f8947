namespace Soc.Topology.Tests;

/// <summary>A small sound topology that tests bend.</summary>
internal static class TestTopology
{
    public const string Sound = """
        soc: test
        worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}
        harts:
          - {count: 2, isa: rv64imac_zicsr_zifencei_zicntr_smwg_sswg, reset-vector: 0x8000_0000}
        memories:
          - {name: dram, base: 0x8000_0000, size: 16MiB}
        devices:
          - {name: plic, kind: plic, base: 0x0C00_0000, sources: 32}
          - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
          - {name: clint, kind: clint, base: 0x0200_0000}
        dma:
          - {name: dma0, base: 0x1001_0000, interrupt: 20, worlds: [0, 1]}
        checkers:
          - {name: wgc, kind: wgchecker, base: 0x0600_0000, interrupt: 15, protects: [dram]}
        """;

    public static SocTopology Load(string text)
    {
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", text);
        Assert.Empty(result.Mistakes);
        return Assert.IsType<SocTopology>(result.Topology);
    }

    /// <summary>The sound topology with one piece of text replaced.</summary>
    public static string With(string old, string changed)
    {
        Assert.Contains(old, Sound, StringComparison.Ordinal);
        return Sound.Replace(old, changed, StringComparison.Ordinal);
    }
}
