namespace Soc.RiscV.Csr;

/// <summary>The values behind the CSRs that are plain registers.</summary>
internal sealed class ControlState
{
    public ulong Mstatus { get; set; } = MachineStatus.Lengths;
    public ulong Mie { get; set; }

    /// <summary>The bits of mip that software writes: SSIP, STIP and the software half of SEIP.</summary>
    public ulong SoftwarePending { get; set; }

    public ulong Medeleg { get; set; }
    public ulong Mideleg { get; set; }
    public ulong Mtvec { get; set; }
    public ulong Mscratch { get; set; }
    public ulong Mepc { get; set; }
    public ulong Mcause { get; set; }
    public ulong Mtval { get; set; }
    public ulong Mcounteren { get; set; }
    public ulong Mcountinhibit { get; set; }
    public ulong Menvcfg { get; set; }
    public ulong Stvec { get; set; }
    public ulong Sscratch { get; set; }
    public ulong Sepc { get; set; }
    public ulong Scause { get; set; }
    public ulong Stval { get; set; }
    public ulong Scounteren { get; set; }
    public ulong Senvcfg { get; set; }
    public ulong Satp { get; set; }
    public ulong Miselect { get; set; }
    public ulong Siselect { get; set; }

    /// <summary>Without a value of its own after reset; the largest one keeps the timer quiet.</summary>
    public ulong Stimecmp { get; set; } = ulong.MaxValue;

    /// <summary>The registers of the hypervisor extension; without it they keep their reset values.</summary>
    public HypervisorState Hypervisor { get; } = new();

    /// <summary>mstateen0 to mstateen3; S-mode has nothing until M-mode grants it.</summary>
    public ulong[] StateEnable { get; } = new ulong[4];
}
