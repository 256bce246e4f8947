using System.Runtime.CompilerServices;
using Soc.Actors;
using Soc.Topology;

namespace Soc.Benchmarks;

/// <summary>Runs committed guests on topologies made for a measurement.</summary>
internal static class Guests
{
    private static readonly string _root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    /// <summary>A SoC like quad-worlds with any number of harts.</summary>
    public static SocTopology Topology(string guest, int harts, RunMode mode)
    {
        string text = $$"""
            soc: {{guest}}
            mode: {{(mode == RunMode.Free ? "free" : "lockstep")}}
            quantum: 1us
            worldguard: {worlds: 4, trusted-wid: 3, hw-bypass: true}
            harts:
              - {ids: 0-{{harts - 1}}, isa: rv64imac_zicsr_zifencei_zicntr_smwg_smwgd_sswg, reset-vector: 0x8000_0000}
            memories:
              - {name: dram, base: 0x8000_0000, size: 256MiB}
            devices:
              - {name: finisher, kind: test-finisher, base: 0x0010_0000}
              - {name: clint, kind: clint, base: 0x0200_0000}
              - {name: plic, kind: plic, base: 0x0C00_0000, sources: 96}
              - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
            checkers:
              - {name: wgc-dram, kind: wgchecker, base: 0x0600_0000, interrupt: 15, slots: 16, protects: [dram], range: full}
            images:
              - file: {{Path.Combine(_root, "tests", "guests", "bin", guest + ".elf")}}
            console: uart0
            """;
        TopologyLoadResult result = TopologyFile.Parse("benchmark.yaml", text.Replace("ids: 0-0", "ids: 0", StringComparison.Ordinal));
        return result.Topology ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }

    /// <summary>Runs a guest to its end, without a trace.</summary>
    /// <exception cref="InvalidOperationException">The guest did not pass.</exception>
    public static RunResult Run(SocTopology topology)
    {
        RunResult run = SocRunner.Run(topology, new RunOptions { Console = Stream.Null }, CancellationToken.None);
        return run.End.ExitCode == 0 ? run : throw new InvalidOperationException($"{topology.Name}: {run.End.Reason}");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
