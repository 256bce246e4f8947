using Soc.Memory;

namespace Soc.Devices.Dma;

/// <summary>An access of a DMA channel that something translates before it reaches the bus.</summary>
/// <param name="Channel">Number of the channel.</param>
/// <param name="DeviceId">Device id that its transactions carry, 24 bits.</param>
/// <param name="Address">The address as the descriptor gave it.</param>
/// <param name="Kind">Load or store.</param>
public readonly record struct DmaAccess(int Channel, uint DeviceId, ulong Address, AccessKind Kind)
{
    /// <summary>The channel translates ahead by PCIe ATS.</summary>
    public bool Ats { get; init; }

    /// <summary>Whether <see cref="ProcessId"/> is meant.</summary>
    public bool HasProcessId { get; init; }

    /// <summary>Process id (PASID), 20 bits.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Supervisor privilege; only together with a process id.</summary>
    public bool Supervisor { get; init; }

    /// <summary>Bytes of the access.</summary>
    public int Size { get; init; }
}
