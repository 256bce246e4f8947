using Soc.Tlb;

namespace Soc.Topology.Yaml;

/// <summary>A word of the topology language and whether this version can do it.</summary>
internal sealed record Choice<T>(string Name, T Value, bool Supported = true);

/// <summary>
/// Every set of words of the topology language, in one place: what a later version learns to do becomes "supported" here,
/// in the schema, and nowhere else.
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
        new("eventual", GuaranteeLevel.Eventual, Supported: false),
        new("strict", GuaranteeLevel.Strict, Supported: false),
    ];

    // The strategies of softtlb.md section 4 that Soc.Tlb does not have yet are known by name, so that the answer is
    // "not supported" instead of "unknown".
    public static readonly IReadOnlyList<Choice<TlbStrategy>> Strategies =
    [
        new("deferred", TlbStrategy.Deferred),
        new("single-slot", default, Supported: false),
        new("ping-pong", default, Supported: false),
        new("eager", default, Supported: false),
        new("eager-with-sinks", default, Supported: false),
        new("all-mmio", default, Supported: false),
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
    ];

    public static readonly IReadOnlyList<Choice<CheckerKind>> Checkers =
    [
        new("wgchecker", CheckerKind.WgChecker),
        new("iopmp", CheckerKind.Iopmp, Supported: false),
        new("mpc", CheckerKind.Mpc, Supported: false),
        new("tzc-400", CheckerKind.Tzc400, Supported: false),
    ];

    public static readonly IReadOnlyList<Choice<SlotMatch>> SlotMatches =
    [
        new("off", SlotMatch.Off),
        new("tor", SlotMatch.TopOfRange),
        new("napot", SlotMatch.NaturallyAligned),
    ];

    public static readonly IReadOnlyList<Choice<ImageFormat>> ImageFormats =
    [
        new("elf", ImageFormat.Elf),
        new("raw", ImageFormat.Raw),
    ];
}
