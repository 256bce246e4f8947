using System.Diagnostics;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.EndToEnd;

public class ManyHartsTests
{
    [Fact]
    public void A_thousand_sleeping_harts_cost_little_memory_and_no_time()
    {
        string text = $$"""
            soc: sleepers
            harts:
              - {count: 1024, isa: rv64imac_zicsr_zifencei_zicntr}
            memories:
              - {name: dram, base: 0x8000_0000, size: 64MiB}
            devices:
              - {name: finisher, kind: test-finisher, base: 0x0010_0000}
              - {name: clint, kind: clint, base: 0x0200_0000}
              - {name: plic, kind: plic, base: 0x0C00_0000}
              - {name: uart0, kind: ns16550, base: 0x1000_0000, interrupt: 10}
            images:
              - file: "{{Repository.GuestFile("wfi-idle.elf")}}"
            console: uart0
            """;
        TopologyLoadResult loaded = TopologyFile.Parse("sleepers.yaml", text);
        Assert.Empty(loaded.Mistakes);
        using var console = new MemoryStream();
        using var process = Process.GetCurrentProcess();
        GC.Collect();
        long before = process.WorkingSet64;

        RunResult result = SocRunner.Run(loaded.Topology!, new RunOptions { Console = console }, CancellationToken.None);

        process.Refresh();
        Assert.Equal(new RunEnd(RunOutcome.Finished, 0, string.Empty), result.End);
        Assert.Equal(1024, result.Summary.Harts.Count);
        long growth = process.PeakWorkingSet64 - before;
        Assert.True(growth < 512L << 20, $"grew by {growth >> 20} MiB");
    }
}
