namespace Soc.Iommu;

/// <summary>A PCIe Page Request or Stop Marker message (RISC-V IOMMU 20260222, page-request interface).</summary>
/// <param name="RequesterId">Routing id of the function, 16 bits.</param>
/// <param name="Payload">Message body: bit 0 R, 1 W, 2 L, 11:3 group index, 63:12 page address.</param>
public readonly record struct PageRequestMessage(ushort RequesterId, ulong Payload)
{
    /// <summary>Whether <see cref="Segment"/> is meant.</summary>
    public bool SegmentValid { get; init; }

    /// <summary>Segment, 8 bits.</summary>
    public byte Segment { get; init; }

    /// <summary>Whether the message carries a PASID.</summary>
    public bool HasProcessId { get; init; }

    /// <summary>The PASID, 20 bits.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Privileged mode requested.</summary>
    public bool Supervisor { get; init; }

    /// <summary>Execute requested.</summary>
    public bool Execute { get; init; }

    /// <summary>The device id: segment and routing id.</summary>
    public uint DeviceId => SegmentValid ? ((uint)Segment << 16) | RequesterId : RequesterId;

    /// <summary>Last request of its group: it wants an answer.</summary>
    public bool IsLast => (Payload & 4) != 0;

    /// <summary>Neither read nor write is asked for: a Stop Marker when it is the last of its group.</summary>
    public bool AsksNothing => (Payload & 3) == 0;
}
