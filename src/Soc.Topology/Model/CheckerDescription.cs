namespace Soc.Topology;

/// <summary>A security filter in front of memories or devices.</summary>
public sealed record CheckerDescription
{
    /// <summary>Bytes of a checker's register block (worldguard.md section 3).</summary>
    public const ulong RegisterBlockSize = 0x1000;

    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required CheckerKind Kind { get; init; }

    /// <summary>First address of its registers.</summary>
    public required ulong Base { get; init; }

    /// <summary>Source number at the PLIC; null = none.</summary>
    public int? Interrupt { get; init; }

    /// <summary>NSLOTS, 1..126.</summary>
    public required int Slots { get; init; }

    /// <summary>Names of the memories, devices and DMA register blocks behind it.</summary>
    public required IReadOnlyList<string> Protects { get; init; }

    /// <summary>First address of the checker's range; 0 when it is the full address space.</summary>
    public ulong RangeStart { get; init; }

    /// <summary>Bytes of the range, a power of two; 0 = the full address space.</summary>
    public ulong RangeSize { get; init; }

    /// <summary>Starts open for the trusted world, whatever the machine-wide setting.</summary>
    public bool HwBypass { get; init; }

    /// <summary>Slots that are set at reset; empty = the reset state of the kind.</summary>
    public IReadOnlyList<CheckerSlotDescription> ResetSlots { get; init; } = [];

    /// <summary>What its finished configuration changes promise; null = what the SoC says.</summary>
    public GuaranteeLevel? Guarantee { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
