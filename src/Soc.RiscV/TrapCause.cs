namespace Soc.RiscV;

/// <summary>Exception codes of mcause and scause (privileged ISA, table "Machine cause register values after trap").</summary>
public static class TrapCause
{
    /// <summary>Set in mcause for an interrupt.</summary>
    public const ulong InterruptBit = 1UL << 63;

    /// <summary>PMP or the bus refused an instruction fetch.</summary>
    public const int InstructionAccessFault = 1;

    /// <summary>An encoding or CSR access that this hart or mode does not have.</summary>
    public const int IllegalInstruction = 2;

    /// <summary>EBREAK.</summary>
    public const int Breakpoint = 3;

    /// <summary>Misaligned LR.</summary>
    public const int LoadAddressMisaligned = 4;

    /// <summary>PMP or the bus refused a load.</summary>
    public const int LoadAccessFault = 5;

    /// <summary>Misaligned SC or AMO.</summary>
    public const int StoreAddressMisaligned = 6;

    /// <summary>PMP or the bus refused a store or an atomic.</summary>
    public const int StoreAccessFault = 7;

    /// <summary>ECALL from U-mode or VU-mode; S-mode, VS-mode and M-mode follow.</summary>
    public const int EnvironmentCallFromUser = 8;

    /// <summary>ECALL from VS-mode.</summary>
    public const int EnvironmentCallFromVirtualSupervisor = 10;

    /// <summary>The page tables refused an instruction fetch.</summary>
    public const int InstructionPageFault = 12;

    /// <summary>The page tables refused a load.</summary>
    public const int LoadPageFault = 13;

    /// <summary>The page tables refused a store or an atomic.</summary>
    public const int StorePageFault = 15;

    /// <summary>The second stage of translation refused an instruction fetch.</summary>
    public const int InstructionGuestPageFault = 20;

    /// <summary>The second stage of translation refused a load.</summary>
    public const int LoadGuestPageFault = 21;

    /// <summary>An instruction that HS-mode has and the present virtual mode has not.</summary>
    public const int VirtualInstruction = 22;

    /// <summary>The second stage of translation refused a store or an atomic.</summary>
    public const int StoreGuestPageFault = 23;
}
