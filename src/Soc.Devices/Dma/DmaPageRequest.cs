namespace Soc.Devices.Dma;

/// <summary>A PCIe page request of a channel (riscv-iommu.md section 13.3); one at a time for each channel, always the last of its group.</summary>
/// <param name="Channel">Number of the channel; the page request group.</param>
/// <param name="DeviceId">Its device id.</param>
/// <param name="Address">Address of the access.</param>
/// <param name="Write">A store wants the page.</param>
/// <param name="HasProcessId">Whether it is for a process.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Supervisor">Privilege.</param>
public readonly record struct DmaPageRequest(
    int Channel, uint DeviceId, ulong Address, bool Write, bool HasProcessId, uint ProcessId, bool Supervisor);
