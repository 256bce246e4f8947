using Soc.Tlb;

namespace Soc.Topology;

/// <summary>A validated SoC: everything that a topology file says, with defaults filled in. Immutable.</summary>
public sealed record SocTopology
{
    /// <summary>The file, as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>Name of the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>How time goes on.</summary>
    public RunMode Mode { get; init; } = RunMode.Lockstep;

    /// <summary>Lockstep windows of several harts at once on all cores.</summary>
    public bool Parallel { get; init; }

    /// <summary>Window of virtual time, ns.</summary>
    public ulong Quantum { get; init; } = 1_000;

    /// <summary>Permutes what the model leaves open; 0 is the plain order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Virtual time up to which the seed decides, ns; afterwards the order is plain. Not in files: it shrinks a failing schedule.</summary>
    public ulong SeedUntil { get; init; } = ulong.MaxValue;

    /// <summary>
    /// Virtual time after which a configuration change that is not acknowledged ends the run, ns; null = 100 ms in lockstep, 10 s in
    /// free mode, where virtual time is the host's.
    /// </summary>
    public ulong? Watchdog { get; init; }

    /// <summary>Faults to inject.</summary>
    public IReadOnlyList<FaultDescription> Faults { get; init; } = [];

    /// <summary>What a finished configuration change promises.</summary>
    public GuaranteeLevel Guarantee { get; init; } = GuaranteeLevel.Acknowledged;

    /// <summary>How translating regions live in the TLBs.</summary>
    public TlbStrategy Strategy { get; init; } = TlbStrategy.Deferred;

    /// <summary>What happens when one TLB entry would need a second host address.</summary>
    public SecondAddendPolicy SecondAddend { get; init; } = SecondAddendPolicy.Degrade;

    /// <summary>How much an invalidation takes away from a TLB.</summary>
    public InvalidationGranularity Invalidation { get; init; } = InvalidationGranularity.Rearm;

    /// <summary>Rate of mtime, Hz.</summary>
    public ulong Timebase { get; init; } = 10_000_000;

    /// <summary>What events cost.</summary>
    public TimingDescription Timing { get; init; } = new();

    /// <summary>WorldGuard; null = a machine without worlds.</summary>
    public WorldGuardDescription? WorldGuard { get; init; }

    /// <summary>Harts in order of their ids.</summary>
    public required IReadOnlyList<HartDescription> Harts { get; init; }

    /// <summary>Memories.</summary>
    public required IReadOnlyList<MemoryDescription> Memories { get; init; }

    /// <summary>Passive devices.</summary>
    public IReadOnlyList<DeviceDescription> Devices { get; init; } = [];

    /// <summary>DMA engines.</summary>
    public IReadOnlyList<DmaDescription> DmaEngines { get; init; } = [];

    /// <summary>Virtio devices.</summary>
    public IReadOnlyList<VirtioDescription> VirtioDevices { get; init; } = [];

    /// <summary>What is booted with firmware, kernel and device tree; null = images alone.</summary>
    public BootDescription? Boot { get; init; }

    /// <summary>Checkers, in the order in which accesses pass those that protect the same thing.</summary>
    public IReadOnlyList<CheckerDescription> Checkers { get; init; } = [];

    /// <summary>IOMMUs.</summary>
    public IReadOnlyList<IommuDescription> Iommus { get; init; } = [];

    /// <summary>Guest images, loaded in this order.</summary>
    public IReadOnlyList<ImageDescription> Images { get; init; } = [];

    /// <summary>Names of addresses beside those of the images, such as a kernel's System.map.</summary>
    public IReadOnlyList<SymbolTable> Symbols { get; init; } = [];

    /// <summary>Name of the UART that is the user's console; null = none.</summary>
    public string? Console { get; init; }

    /// <summary>What a finished configuration change of a checker promises.</summary>
    public GuaranteeLevel GuaranteeOf(CheckerDescription checker)
    {
        ArgumentNullException.ThrowIfNull(checker);
        return checker.Guarantee ?? Guarantee;
    }

    /// <summary>The same SoC with one guarantee level for all checkers, whatever they said themselves.</summary>
    public SocTopology WithGuarantee(GuaranteeLevel level) => this with
    {
        Guarantee = level,
        Checkers = [.. Checkers.Select(checker => checker with { Guarantee = null })],
    };
}
