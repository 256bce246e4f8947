using Soc.Memory;

namespace Soc.Iommu.Caches;

/// <summary>A combined translation IOVA to SPA of both stages (riscv-iommu.md section 11).</summary>
internal struct TranslationEntry
{
    /// <summary>Address-space key (see <see cref="TranslationCache.Key"/>) with the entry's size in bits 45:40; 0 when empty.</summary>
    public ulong Key;

    /// <summary>First IOVA.</summary>
    public ulong Iova;

    /// <summary>Guest physical address of the first byte.</summary>
    public ulong Guest;

    /// <summary>Physical address of the first byte; unused for an interrupt file, whose MSI PTE is cached apart.</summary>
    public ulong Target;

    /// <summary>log2 of the first-stage leaf in bytes; 64 without a first stage.</summary>
    public byte FirstBits;

    /// <summary>log2 of the second-stage leaf in bytes; 64 without a second stage.</summary>
    public byte SecondBits;

    /// <summary>log2 of the entry in bytes.</summary>
    public byte Bits;

    /// <summary>Permissions of the first stage.</summary>
    public AccessKinds First;

    /// <summary>Permissions of the second stage.</summary>
    public AccessKinds Second;

    /// <summary>Resolved memory type.</summary>
    public byte MemoryType;

    /// <summary>First-stage U bit.</summary>
    public bool User;

    /// <summary>First-stage G bit, of the leaf or above it.</summary>
    public bool Global;

    /// <summary>First-stage D bit.</summary>
    public bool FirstDirty;

    /// <summary>Second-stage D bit.</summary>
    public bool SecondDirty;

    /// <summary>The guest address is that of a virtual interrupt file.</summary>
    public bool Interrupt;
}
