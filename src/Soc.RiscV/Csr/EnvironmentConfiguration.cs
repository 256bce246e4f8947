namespace Soc.RiscV.Csr;

/// <summary>Fields of menvcfg, henvcfg and senvcfg (privileged ISA, sections 3.1.18 and 10.1.10, chapter "H").</summary>
internal static class EnvironmentConfiguration
{
    /// <summary>FIOM: a fence of I/O implies one of memory; every fence here does.</summary>
    public const ulong FenceImpliesMemory = 1 << 0;

    /// <summary>CBIE: CBO.INVAL is illegal (0), flushes (1), or invalidates (3).</summary>
    public const ulong InvalidateMask = 3 << 4;

    /// <summary>CBCFE: CBO.CLEAN and CBO.FLUSH are legal.</summary>
    public const ulong CleanEnable = 1 << 6;

    /// <summary>CBZE: CBO.ZERO is legal.</summary>
    public const ulong ZeroEnable = 1 << 7;

    /// <summary>ADUE: page walks set A and D bits; menvcfg and henvcfg only.</summary>
    public const ulong UpdateAccessedDirty = 1UL << 61;

    /// <summary>PBMTE: page-table entries have memory types; menvcfg and henvcfg only.</summary>
    public const ulong PageMemoryTypes = 1UL << 62;

    /// <summary>STCE: S-mode has stimecmp; menvcfg and henvcfg only.</summary>
    public const ulong SupervisorTimer = 1UL << 63;

    /// <summary>The fields that a hart's senvcfg has.</summary>
    public static ulong OfSupervisor(Extensions extensions) => FenceImpliesMemory |
        (extensions.HasFlag(Extensions.Zicbom) ? InvalidateMask | CleanEnable : 0) |
        (extensions.HasFlag(Extensions.Zicboz) ? ZeroEnable : 0);

    /// <summary>The fields that a hart's menvcfg and henvcfg have.</summary>
    public static ulong OfMachine(Extensions extensions) => OfSupervisor(extensions) |
        (extensions.HasFlag(Extensions.Svadu) ? UpdateAccessedDirty : 0) |
        (extensions.HasFlag(Extensions.Svpbmt) ? PageMemoryTypes : 0) |
        (extensions.HasFlag(Extensions.Sstc) ? SupervisorTimer : 0);

    /// <summary>The fields of henvcfg that are zero where menvcfg's are.</summary>
    public const ulong GrantedByMachine = UpdateAccessedDirty | PageMemoryTypes | SupervisorTimer;

    /// <summary>What a write becomes: a reserved CBIE is none.</summary>
    public static ulong Legalise(ulong value, ulong writable) => (value & InvalidateMask) == 0x20 ? value & writable & ~InvalidateMask : value & writable;
}
