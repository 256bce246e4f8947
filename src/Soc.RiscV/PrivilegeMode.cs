namespace Soc.RiscV;

/// <summary>Privilege modes, encoded as in mstatus.MPP (privileged ISA, section 1.2).</summary>
public enum PrivilegeMode : byte
{
    /// <summary>U-mode.</summary>
    User = 0,

    /// <summary>S-mode.</summary>
    Supervisor = 1,

    /// <summary>M-mode.</summary>
    Machine = 3,
}
