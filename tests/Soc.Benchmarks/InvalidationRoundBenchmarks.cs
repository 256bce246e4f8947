using BenchmarkDotNet.Attributes;
using Soc.Topology;

namespace Soc.Benchmarks;

/// <summary>
/// One acknowledged configuration change while all other harts use the page: register write, commit, Invalidate to everybody,
/// re-arm, acknowledgements, completion. Host time for each of the guest's 2,000 changes, start of the SoC included.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(1)]
[IterationCount(5)]
public class InvalidationRoundBenchmarks
{
    private SocTopology _topology = null!;

    /// <summary>Harts.</summary>
    [Params(2, 4, 16, 64)]
    public int Harts { get; set; }

    /// <summary>How time goes on.</summary>
    [Params(RunMode.Lockstep, RunMode.Free)]
    public RunMode Mode { get; set; }

    [GlobalSetup]
    public void Setup() => _topology = Guests.Topology("rounds", Harts, Mode);

    [Benchmark(OperationsPerInvoke = 2000)]
    public ulong Change() => Guests.Run(_topology).Summary.VirtualTime;
}
