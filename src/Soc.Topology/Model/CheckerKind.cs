namespace Soc.Topology;

/// <summary>The security filters that a topology can hold.</summary>
public enum CheckerKind : byte
{
    /// <summary>WorldGuard's wgChecker (worldguard.md section 3).</summary>
    WgChecker,

    /// <summary>RISC-V IOPMP.</summary>
    Iopmp,

    /// <summary>Memory protection controller.</summary>
    Mpc,

    /// <summary>Arm TZC-400.</summary>
    Tzc400,
}
