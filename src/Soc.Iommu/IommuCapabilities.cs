namespace Soc.Iommu;

/// <summary>The capabilities register, field by field (RISC-V IOMMU 20260222, capabilities register).</summary>
/// <param name="Bits">The register's 64 bits.</param>
public readonly record struct IommuCapabilities(ulong Bits)
{
    /// <summary>What Linux needs at least: Sv39/48/57, hardware A/D updates, wires, HPM, debug, 56 address bits.</summary>
    public static IommuCapabilities LinuxMinimum => new(0x38d1000e10);

    /// <summary>All stages, Svpbmt, MSI page tables, ATS, T2GPA, all process directories, NL, S, both interrupt kinds, HPM, debug.</summary>
    public static IommuCapabilities Full => new(0xdf8e74e8e10);

    /// <summary>Version, high nibble major: 0x10 is 1.0.</summary>
    public int Version => (int)(Bits & 0xFF);

    /// <summary>First stage Sv32.</summary>
    public bool Sv32 => Bit(8);

    /// <summary>First stage Sv39.</summary>
    public bool Sv39 => Bit(9);

    /// <summary>First stage Sv48.</summary>
    public bool Sv48 => Bit(10);

    /// <summary>First stage Sv57.</summary>
    public bool Sv57 => Bit(11);

    /// <summary>PTE bits 60:59 belong to software.</summary>
    public bool Svrsw60t59b => Bit(14);

    /// <summary>PTE bits 62:61 are a memory type.</summary>
    public bool Svpbmt => Bit(15);

    /// <summary>Second stage Sv32x4.</summary>
    public bool Sv32x4 => Bit(16);

    /// <summary>Second stage Sv39x4.</summary>
    public bool Sv39x4 => Bit(17);

    /// <summary>Second stage Sv48x4.</summary>
    public bool Sv48x4 => Bit(18);

    /// <summary>Second stage Sv57x4.</summary>
    public bool Sv57x4 => Bit(19);

    /// <summary>MRIFs are updated atomically.</summary>
    public bool AtomicMrif => Bit(21);

    /// <summary>MSI page tables; the device context is 64 bytes instead of 32.</summary>
    public bool MsiFlat => Bit(22);

    /// <summary>MSI PTEs may be in MRIF mode.</summary>
    public bool MsiMrif => Bit(23);

    /// <summary>The IOMMU can set A and D bits.</summary>
    public bool HardwareAccessedDirty => Bit(24);

    /// <summary>PCIe ATS and PRI.</summary>
    public bool Ats => Bit(25);

    /// <summary>ATS may hand out guest physical addresses.</summary>
    public bool T2Gpa => Bit(26);

    /// <summary>Both byte orders: fctl.BE may be writable.</summary>
    public bool BothEndian => Bit(27);

    /// <summary>How interrupts are signalled.</summary>
    public InterruptGeneration Interrupts => (InterruptGeneration)((Bits >> 28) & 3);

    /// <summary>Performance monitor.</summary>
    public bool PerformanceMonitor => Bit(30);

    /// <summary>Translation-request (debug) interface.</summary>
    public bool Debug => Bit(31);

    /// <summary>Physical address bits; addresses at or above 2 to this power cannot be accessed.</summary>
    public int PhysicalAddressBits => (int)(Bits >> 32) & 0x3F;

    /// <summary>Process directories of one level (8-bit process ids).</summary>
    public bool Pd8 => Bit(38);

    /// <summary>Process directories of two levels (17-bit process ids).</summary>
    public bool Pd17 => Bit(39);

    /// <summary>Process directories of three levels (20-bit process ids).</summary>
    public bool Pd20 => Bit(40);

    /// <summary>QoS identifiers.</summary>
    public bool QosId => Bit(41);

    /// <summary>Invalidation of non-leaf entries by address.</summary>
    public bool NonLeafInvalidation => Bit(42);

    /// <summary>Invalidation of address ranges.</summary>
    public bool RangeInvalidation => Bit(43);

    /// <summary>Bits of a guest physical address that MSI address patterns are compared in: by the widest SvNx4, else PAS.</summary>
    public int GuestAddressBits =>
        Sv57x4 ? 59 : Sv48x4 ? 50 : Sv39x4 ? 41 : Sv32x4 ? 34 : PhysicalAddressBits;

    private bool Bit(int number) => ((Bits >> number) & 1) != 0;
}
