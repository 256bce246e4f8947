namespace Soc.Iommu;

/// <summary>A message from the IOMMU to a PCIe function (RISC-V IOMMU 20260222, ATS commands).</summary>
/// <param name="Kind">Which message.</param>
/// <param name="Tag">ITag of an Invalidate Request: the bit number in completions; 0 for others.</param>
/// <param name="RequesterId">Routing id of the function, 16 bits.</param>
/// <param name="SegmentValid">Whether <paramref name="Segment"/> is meant (DSV).</param>
/// <param name="Segment">Destination segment, 8 bits.</param>
/// <param name="HasProcessId">Whether the message carries a PASID (PV).</param>
/// <param name="ProcessId">The PASID operand, 20 bits.</param>
/// <param name="Payload">The message body.</param>
public readonly record struct AtsMessage(
    AtsMessageKind Kind, int Tag, ushort RequesterId, bool SegmentValid, byte Segment, bool HasProcessId, uint ProcessId, ulong Payload);
