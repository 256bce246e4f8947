using BenchmarkDotNet.Attributes;
using Soc.Topology;

namespace Soc.Benchmarks;

/// <summary>
/// Whole guests on one hart behind a wgChecker, start of the SoC included. The guests print their instruction counts
/// and also run on qemu-system-riscv64 -M virt -bios none, for a comparison side by side.
/// </summary>
[WarmupCount(1)]
[IterationCount(5)]
public class InterpreterBenchmarks
{
    private SocTopology _topology = null!;

    /// <summary>Guest program.</summary>
    [Params("bench-mixed", "memory-bound")]
    public string Guest { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _topology = Guests.Topology(Guest, 1, RunMode.Lockstep);

    [Benchmark]
    public ulong Run() => Guests.Run(_topology).Summary.Harts[0].Instructions;
}
