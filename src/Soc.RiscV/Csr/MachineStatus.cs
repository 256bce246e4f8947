namespace Soc.RiscV.Csr;

/// <summary>Fields of mstatus and sstatus (privileged ISA, section 3.1.6).</summary>
internal static class MachineStatus
{
    public const ulong Sie = 1UL << 1;
    public const ulong Mie = 1UL << 3;
    public const ulong Spie = 1UL << 5;
    public const ulong Mpie = 1UL << 7;
    public const ulong Spp = 1UL << 8;
    public const int FsShift = 13;

    /// <summary>State of the floating-point unit: off, initial, clean, dirty.</summary>
    public const ulong Fs = 3UL << FsShift;

    /// <summary>Some unit's state is dirty; read-only.</summary>
    public const ulong Sd = 1UL << 63;

    public const int MppShift = 11;
    public const ulong Mpp = 3UL << MppShift;
    public const ulong Mprv = 1UL << 17;
    public const ulong Sum = 1UL << 18;
    public const ulong Mxr = 1UL << 19;
    public const ulong Tvm = 1UL << 20;
    public const ulong Tw = 1UL << 21;
    public const ulong Tsr = 1UL << 22;

    /// <summary>UXL: 64 bits, read-only.</summary>
    public const ulong UserLength = 2UL << 32;

    /// <summary>UXL and SXL, both 64 bits and read-only.</summary>
    public const ulong Lengths = UserLength | (2UL << 34);

    /// <summary>GVA: the trap value is a guest virtual address; with the hypervisor extension.</summary>
    public const ulong GuestVirtualAddress = 1UL << 38;

    /// <summary>MPV: the trap came from a virtual mode; with the hypervisor extension.</summary>
    public const ulong Mpv = 1UL << 39;

    /// <summary>What M-mode can write.</summary>
    public const ulong MachineWritable = Sie | Mie | Spie | Mpie | Spp | Mpp | Mprv | Sum | Mxr | Tvm | Tw | Tsr;

    /// <summary>What S-mode can write.</summary>
    public const ulong SupervisorWritable = Sie | Spie | Spp | Sum | Mxr;

    /// <summary>What S-mode can see.</summary>
    public const ulong SupervisorVisible = SupervisorWritable | Fs | (3UL << 32) | Sd;

    /// <summary>Legalises a write of mstatus: MPP = 2 keeps the old mode.</summary>
    public static ulong Legalise(ulong old, ulong written, ulong writable)
    {
        ulong value = (old & ~writable) | (written & writable);
        return (value & Mpp) == (2UL << MppShift) ? (value & ~Mpp) | (old & Mpp) : value;
    }
}
