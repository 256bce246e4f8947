namespace Soc.Topology;

/// <summary>A block of guest memory.</summary>
public sealed record MemoryDescription
{
    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>First address.</summary>
    public required ulong Base { get; init; }

    /// <summary>Bytes, a multiple of 4096.</summary>
    public required ulong Size { get; init; }

    /// <summary>RAM or ROM.</summary>
    public required MemoryKind Kind { get; init; }

    /// <summary>Full path of a raw file that fills the memory from its start; null = zero.</summary>
    public string? Image { get; init; }

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
