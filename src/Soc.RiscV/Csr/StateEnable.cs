namespace Soc.RiscV.Csr;

/// <summary>Fields of the mstateen registers (privileged ISA, chapter "Smstateen") that control something this hart has.</summary>
internal static class StateEnable
{
    /// <summary>SE0 to SE3: S-mode has the sstateen register of the same number.</summary>
    public const ulong Supervisor = 1UL << 63;

    /// <summary>ENVCFG of mstateen0: S-mode has senvcfg.</summary>
    public const ulong Environment = 1UL << 62;

    /// <summary>CSRIND of mstateen0: S-mode has siselect and sireg.</summary>
    public const ulong IndirectAccess = 1UL << 60;

    /// <summary>AIA of mstateen0: S-mode has stopi and the interrupt priorities.</summary>
    public const ulong AdvancedInterrupts = 1UL << 59;

    /// <summary>IMSIC of mstateen0: S-mode has its interrupt file.</summary>
    public const ulong InterruptFile = 1UL << 58;

    /// <summary>The fields of a register.</summary>
    /// <param name="index">0..3.</param>
    /// <param name="extensions">What the hart has.</param>
    public static ulong Writable(int index, Extensions extensions) => index != 0 ? Supervisor
        : Supervisor | Environment | (extensions.HasFlag(Extensions.Ssaia) ? IndirectAccess | AdvancedInterrupts | InterruptFile : 0);
}
