using Soc.Iommu;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Topology.Yaml;

/// <summary>A word of the topology language and whether this version can do it.</summary>
internal sealed record Choice<T>(string Name, T Value, bool Supported = true);

/// <summary>
/// Every set of words of the topology language, in one place: what a later version learns to do becomes "supported" here,
/// in the schema, and nowhere else. Kinds of checkers declare themselves (<see cref="Soc.Checkers.Declaration.CheckerKinds"/>).
/// </summary>
internal static class Choices
{
    public static readonly IReadOnlyList<Choice<RunMode>> Modes =
    [
        new("lockstep", RunMode.Lockstep),
        new("free", RunMode.Free),
    ];

    public static readonly IReadOnlyList<Choice<GuaranteeLevel>> Guarantees =
    [
        new("acknowledged", GuaranteeLevel.Acknowledged),
        new("eventual", GuaranteeLevel.Eventual),
        new("strict", GuaranteeLevel.Strict),
    ];

    public static readonly IReadOnlyList<Choice<TlbStrategy>> Strategies =
    [
        new("deferred", TlbStrategy.Deferred),
        new("deferred-single-slot", TlbStrategy.DeferredSingleSlot),
        new("ping-pong", TlbStrategy.PingPong),
        new("eager", TlbStrategy.Eager),
        new("eager-sinks", TlbStrategy.EagerSinks),
        new("all-mmio", TlbStrategy.AllMmio),
    ];

    public static readonly IReadOnlyList<Choice<SecondAddendPolicy>> SecondAddends =
    [
        new("degrade", SecondAddendPolicy.Degrade),
        new("strict", SecondAddendPolicy.Strict),
    ];

    public static readonly IReadOnlyList<Choice<InvalidationGranularity>> Invalidations =
    [
        new("re-arm", InvalidationGranularity.Rearm),
        new("flush-page", InvalidationGranularity.FlushPage),
        new("flush-all", InvalidationGranularity.FlushAll),
    ];

    public static readonly IReadOnlyList<Choice<MemoryKind>> Memories =
    [
        new("ram", MemoryKind.Ram),
        new("rom", MemoryKind.Rom),
    ];

    public static readonly IReadOnlyList<Choice<DeviceKind>> Devices =
    [
        new("ns16550", DeviceKind.Ns16550),
        new("clint", DeviceKind.Clint),
        new("aclint-mswi", DeviceKind.AclintMswi),
        new("aclint-mtimer", DeviceKind.AclintMtimer),
        new("aclint-sswi", DeviceKind.AclintSswi),
        new("plic", DeviceKind.Plic),
        new("test-finisher", DeviceKind.TestFinisher),
        new("study-port", DeviceKind.StudyPort),
        new("scratch", DeviceKind.Scratch),
        new("goldfish-rtc", DeviceKind.GoldfishRtc),
        new("syscon", DeviceKind.Syscon),
        new("cfi-flash", DeviceKind.CfiFlash),
        new("aplic-machine", DeviceKind.AplicMachine),
        new("aplic-supervisor", DeviceKind.AplicSupervisor),
        new("imsic-machine", DeviceKind.ImsicMachine),
        new("imsic-supervisor", DeviceKind.ImsicSupervisor),
    ];

    public static readonly IReadOnlyList<Choice<VirtioKind>> VirtioKinds =
    [
        new("block", VirtioKind.Block),
        new("network", VirtioKind.Network),
        new("console", VirtioKind.Console),
        new("rng", VirtioKind.Rng),
    ];

    public static readonly IReadOnlyList<Choice<bool>> Iommus =
    [
        new("riscv-iommu", true),
    ];

    public static readonly IReadOnlyList<Choice<IommuCapabilities>> IommuProfiles =
    [
        new("full", IommuCapabilities.Full),
        new("linux", IommuCapabilities.LinuxMinimum),
    ];

    public static readonly IReadOnlyList<Choice<InterruptGeneration>> IommuInterrupts =
    [
        new("msi", InterruptGeneration.MessageSignalled),
        new("wired", InterruptGeneration.WireSignalled),
        new("both", InterruptGeneration.Both),
    ];

    public static readonly IReadOnlyList<Choice<int>> IommuMessages =
    [
        new("off", 0),
        new("flat", 1),
        new("mrif", 2),
    ];

    public static readonly IReadOnlyList<Choice<bool>> IommuResetModes =
    [
        new("off", false),
        new("bare", true),
    ];

    public static readonly IReadOnlyList<Choice<SecuritySpace>> SecuritySpaces =
    [
        new("secure", SecuritySpace.Secure),
        new("non-secure", SecuritySpace.NonSecure),
        new("root", SecuritySpace.Root),
        new("realm", SecuritySpace.Realm),
    ];

    public static readonly IReadOnlyList<Choice<ImageFormat>> ImageFormats =
    [
        new("elf", ImageFormat.Elf),
        new("raw", ImageFormat.Raw),
    ];
}
