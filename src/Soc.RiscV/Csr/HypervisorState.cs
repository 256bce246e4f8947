namespace Soc.RiscV.Csr;

/// <summary>The values behind the CSRs of the hypervisor extension that are plain registers (privileged ISA, chapter "H"): those of HS-mode, then those of VS-mode.</summary>
internal sealed class HypervisorState
{
    public ulong Hstatus { get; set; } = HypervisorStatus.Lengths;
    public ulong Hedeleg { get; set; }
    public ulong Hideleg { get; set; }

    /// <summary>hvip: the interrupts that the hypervisor injects, VSSIP among them.</summary>
    public ulong Hvip { get; set; }

    public ulong Hcounteren { get; set; }
    public ulong Htimedelta { get; set; }
    public ulong Htval { get; set; }
    public ulong Htinst { get; set; }
    public ulong Hgatp { get; set; }

    /// <summary>henvcfg as written; what menvcfg does not grant does not count and is read as zero.</summary>
    public ulong Henvcfg { get; set; }

    public ulong Mtval2 { get; set; }
    public ulong Mtinst { get; set; }

    /// <summary>hstateen0 to hstateen3 as written; what mstateen does not grant does not count and is read as zero.</summary>
    public ulong[] StateEnable { get; } = new ulong[4];

    public ulong Hvictl { get; set; }

    public ulong Vsstatus { get; set; } = MachineStatus.UserLength;
    public ulong Vstvec { get; set; }
    public ulong Vsscratch { get; set; }
    public ulong Vsepc { get; set; }
    public ulong Vscause { get; set; }
    public ulong Vstval { get; set; }
    public ulong Vsatp { get; set; }
    public ulong Vsiselect { get; set; }

    /// <summary>Without a value of its own after reset; the largest one keeps the timer quiet.</summary>
    public ulong Vstimecmp { get; set; } = ulong.MaxValue;
}
