namespace Soc.Devices;

/// <summary>An interrupt input of a hart; the number is the bit in mip (RISC-V privileged architecture, section 3.1.9).</summary>
public enum HartInterruptLine : byte
{
    /// <summary>SSIP; set by an edge, cleared by software.</summary>
    SupervisorSoftware = 1,

    /// <summary>MSIP.</summary>
    MachineSoftware = 3,

    /// <summary>STIP.</summary>
    SupervisorTimer = 5,

    /// <summary>MTIP.</summary>
    MachineTimer = 7,

    /// <summary>SEIP, the part that the interrupt controller drives.</summary>
    SupervisorExternal = 9,

    /// <summary>MEIP.</summary>
    MachineExternal = 11,
}
