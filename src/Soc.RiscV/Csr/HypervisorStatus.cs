namespace Soc.RiscV.Csr;

/// <summary>Fields of hstatus, hgatp and the interrupt registers of the hypervisor extension (privileged ISA, chapter "H").</summary>
internal static class HypervisorStatus
{
    /// <summary>GVA: the trap value is a guest virtual address.</summary>
    public const ulong GuestVirtualAddress = 1UL << 6;

    /// <summary>SPV: the trap came from a virtual mode.</summary>
    public const ulong PreviousVirtual = 1UL << 7;

    /// <summary>SPVP: that mode was VS; what HLV, HLVX and HSV act as.</summary>
    public const ulong PreviousPrivilege = 1UL << 8;

    /// <summary>HU: U-mode has HLV, HLVX and HSV.</summary>
    public const ulong UserAccess = 1UL << 9;

    /// <summary>VTVM: VS-mode has neither satp nor its fences.</summary>
    public const ulong TrapTranslation = 1UL << 20;

    /// <summary>VTW: VS-mode does not wait.</summary>
    public const ulong TrapWait = 1UL << 21;

    /// <summary>VTSR: VS-mode has no SRET.</summary>
    public const ulong TrapReturn = 1UL << 22;

    /// <summary>VSXL: 64 bits, read-only.</summary>
    public const ulong Lengths = 2UL << 32;

    /// <summary>What a write changes. VGEIN is zero, because there are no guest interrupt files.</summary>
    public const ulong Writable = GuestVirtualAddress | PreviousVirtual | PreviousPrivilege | UserAccess | TrapTranslation | TrapWait | TrapReturn;

    /// <summary>VSSI, VSTI and VSEI in mip, mie, mideleg, hideleg, hip, hie and hvip; one bit further left than those of S-mode.</summary>
    public const ulong Interrupts = (1UL << 2) | (1UL << 6) | (1UL << 10);

    /// <summary>VSSI.</summary>
    public const ulong SoftwareInterrupt = 1UL << 2;

    /// <summary>VSTI.</summary>
    public const ulong TimerInterrupt = 1UL << 6;

    /// <summary>What hedeleg can pass on (table "Bits of hedeleg that must be writable"): not the calls of HS-mode and above, nor what only a hypervisor can handle.</summary>
    public const ulong DelegableExceptions = 0xC_B1FF;

    /// <summary>What medeleg has beside: calls of VS-mode, guest page faults, virtual instructions.</summary>
    public const ulong MachineDelegableExceptions = (1UL << 10) | (0xFUL << 20);

    /// <summary>hgatp.PPN; the root is aligned to 16 KiB.</summary>
    public const ulong RootMask = ((1UL << 44) - 1) & ~3UL;

    /// <summary>hgatp.VMID, 14 bits.</summary>
    public const ulong MachineIdMask = 0x3FFFUL << 44;

    /// <summary>hvictl.VTI, of the AIA: VS-mode has neither sip nor sie.</summary>
    public const ulong TrapInterrupts = 1UL << 30;

    /// <summary>hvictl: VTI, IID, DPR, IPRIOM, IPRIO.</summary>
    public const ulong InterruptControlWritable = TrapInterrupts | (0xFFFUL << 16) | (1UL << 9) | 0x1FF;
}
