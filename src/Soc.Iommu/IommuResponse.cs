using Soc.Memory;

namespace Soc.Iommu;

/// <summary>The answer to one request.</summary>
public readonly record struct IommuResponse
{
    /// <summary>Success or how it was refused.</summary>
    public IommuStatus Status { get; init; }

    /// <summary>
    /// Why it was refused; for a translation request also why <see cref="IommuStatus.Success"/> grants nothing.
    /// </summary>
    public IommuFaultCause Cause { get; init; }

    /// <summary>iotval2 of the fault; 0 unless it is a guest page fault.</summary>
    public ulong Iotval2 { get; init; }

    /// <summary>Physical address of the request's byte; a guest physical address when T2GPA asks for it. Not valid with an <see cref="Mrif"/>.</summary>
    public ulong Address { get; init; }

    /// <summary>log2 of the naturally aligned block around the request's byte that shares this answer, at least 12.</summary>
    public int Log2Size { get; init; }

    /// <summary>Memory type: 0 PMA, 1 NC, 2 IO (Svpbmt).</summary>
    public int MemoryType { get; init; }

    /// <summary>The address is that of a virtual interrupt file.</summary>
    public bool IsMsi { get; init; }

    /// <summary>The memory-resident interrupt file that takes the MSI; null for everything else.</summary>
    public MrifTarget? Mrif { get; init; }

    /// <summary>What may be done with the block: both stages' permissions, stores only where all D bits are set.</summary>
    public AccessKinds Permissions { get; init; }

    /// <summary>The block may only be reached by untranslated requests (U of an ATS completion).</summary>
    public bool UntranslatedOnly { get; init; }

    /// <summary>The permissions hold for supervisor privilege (Priv of an ATS completion).</summary>
    public bool Privileged { get; init; }

    /// <summary>The first stage maps the page globally (Global of an ATS completion).</summary>
    public bool IsGlobal { get; init; }

    /// <summary>CXL.io of an ATS completion.</summary>
    public bool CxlIo { get; init; }

    /// <summary>What a copy of this answer must be tagged with.</summary>
    public TranslationTag Tag { get; init; }

    /// <summary>
    /// <see cref="RiscvIommu.Epoch"/> when the walk began: a holder that has seen a later invalidation must not cache this answer
    /// (race R4).
    /// </summary>
    public ulong Epoch { get; init; }

    /// <summary>Memory reads that this answer took; 0 when everything was cached.</summary>
    public int Reads { get; init; }

    /// <summary>Bytes of the block; 2^57 and more stand for "no limit".</summary>
    public ulong Size => 1UL << Log2Size;
}
