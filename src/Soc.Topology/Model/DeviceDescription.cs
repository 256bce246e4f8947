namespace Soc.Topology;

/// <summary>A passive device.</summary>
public sealed record DeviceDescription
{
    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>First address.</summary>
    public required ulong Base { get; init; }

    /// <summary>Bytes of its register block; follows from the kind.</summary>
    public required ulong Size { get; init; }

    /// <summary>Source number at the PLIC; null = none.</summary>
    public int? Interrupt { get; init; }

    /// <summary>Interrupt sources of a PLIC or APLIC, or identities of an IMSIC's files; not counting 0.</summary>
    public int Sources { get; init; }

    /// <summary>The sources of a PLIC that have edge-triggered gateways; the others are level-triggered.</summary>
    public IReadOnlyList<int> EdgeSources { get; init; } = [];

    /// <summary>Full path of a raw file that fills a flash from its start; null = none. Behind it read-only flash holds zeros, writable flash is erased.</summary>
    public string? Image { get; init; }

    /// <summary>Whether a flash takes commands: then every access to it is one of a device, and what is written is gone after the run.</summary>
    public bool IsWritable { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
