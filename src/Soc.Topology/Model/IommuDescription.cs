using Soc.Iommu;

namespace Soc.Topology;

/// <summary>A RISC-V IOMMU in front of DMA engines.</summary>
public sealed record IommuDescription
{
    /// <summary>Bytes of the register page (RISC-V IOMMU 20260222, register layout).</summary>
    public const ulong RegisterBlockSize = 0x1000;

    /// <summary>Name, unique in the SoC.</summary>
    public required string Name { get; init; }

    /// <summary>First address of its registers.</summary>
    public required ulong Base { get; init; }

    /// <summary>Source numbers at the PLIC, by interrupt vector (a field of icvec); empty when no wire is connected.</summary>
    public IReadOnlyList<int> Interrupts { get; init; } = [];

    /// <summary>What it can do, and how large its caches are.</summary>
    public required IommuConfiguration Configuration { get; init; }

    /// <summary>World id of its own accesses: directories, page tables, queues and messages; null on a machine without worlds.</summary>
    public byte? Wid { get; init; }

    /// <summary>What else its own accesses carry.</summary>
    public InitiatorIdentity Identity { get; init; } = new();

    /// <summary>Where it is described.</summary>
    public SourceMark Mark { get; init; }
}
