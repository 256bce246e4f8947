namespace Soc.RiscV.Csr;

/// <summary>Fields of the mstateen registers (privileged ISA, chapter "Smstateen") that control something this hart has.</summary>
internal static class StateEnable
{
    /// <summary>SE0 to SE3: S-mode has the sstateen register of the same number.</summary>
    public const ulong Supervisor = 1UL << 63;

    /// <summary>ENVCFG of mstateen0: S-mode has senvcfg.</summary>
    public const ulong Environment = 1UL << 62;

    /// <summary>The fields of a register.</summary>
    /// <param name="index">0..3.</param>
    public static ulong Writable(int index) => index == 0 ? Supervisor | Environment : Supervisor;
}
