namespace Soc.RiscV;

/// <summary>Interrupt inputs of a hart; the number is the bit in mip (privileged ISA, section 3.1.9).</summary>
public enum InterruptLine : byte
{
    /// <summary>Supervisor software interrupt; a rising level sets mip.SSIP, which software clears.</summary>
    SupervisorSoftware = 1,

    /// <summary>Machine software interrupt (ACLINT MSIP).</summary>
    MachineSoftware = 3,

    /// <summary>Supervisor timer interrupt (Sstc); the hart raises it itself.</summary>
    SupervisorTimer = 5,

    /// <summary>Machine timer interrupt, for clocks outside of the hart; see also <see cref="Hart.TimerDeadlineCycle"/>.</summary>
    MachineTimer = 7,

    /// <summary>Supervisor external interrupt (PLIC, APLIC); OR-ed with the bit that M-mode writes.</summary>
    SupervisorExternal = 9,

    /// <summary>Machine external interrupt.</summary>
    MachineExternal = 11,
}
