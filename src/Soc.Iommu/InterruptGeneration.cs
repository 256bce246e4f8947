namespace Soc.Iommu;

/// <summary>How an IOMMU signals interrupts: capabilities.IGS (RISC-V IOMMU 20260222, capabilities register).</summary>
public enum InterruptGeneration : byte
{
    /// <summary>Only by message-signalled interrupts.</summary>
    MessageSignalled = 0,

    /// <summary>Only by wires.</summary>
    WireSignalled = 1,

    /// <summary>Software chooses with fctl.WSI.</summary>
    Both = 2,
}
