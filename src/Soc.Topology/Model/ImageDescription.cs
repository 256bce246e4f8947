namespace Soc.Topology;

/// <summary>A guest image.</summary>
public sealed record ImageDescription
{
    /// <summary>Full path.</summary>
    public required string Path { get; init; }

    /// <summary>How it is stored.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>Address of the first byte of a raw image; null for ELF.</summary>
    public ulong? Address { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Length { get; init; }

    /// <summary>The parsed executable; null for raw images.</summary>
    public ElfImage? Elf { get; init; }

    /// <summary>Where it is named.</summary>
    public SourceMark Mark { get; init; }
}
