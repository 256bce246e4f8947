using MessagePack;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Fact: what the IOMMU says to a <see cref="TranslationAsk"/>.</summary>
/// <param name="Stamp">Invalidations that the IOMMU had sent when it walked: the answer is void once the device has seen a later one (rule M5).</param>
/// <param name="Consumed">The IOMMU has executed the store: it went to a memory-resident interrupt file.</param>
/// <param name="Status">Success or how it was refused.</param>
/// <param name="Cause">Why.</param>
/// <param name="Address">Translated address.</param>
/// <param name="Log2Size">log2 of the block that shares the answer.</param>
/// <param name="Permissions">What may be done with the block.</param>
/// <param name="UntranslatedOnly">U of an ATS completion.</param>
/// <param name="TagFlags">What a copy must remember: bit 0 process id, 1 GSCID, 2 PSCID valid, 3 global; 15:8 and 23:16 log2 of the stages' leaves.</param>
/// <param name="TagDevice">Device id; from bit 32 the GSCID.</param>
/// <param name="TagProcess">Process id; from bit 32 the PSCID.</param>
/// <param name="TagGuestAddress">Guest physical address.</param>
/// <param name="Reads">Memory reads of the walk; 0 for a hit of the IOTLB.</param>
[MessagePackObject]
public sealed record TranslationDone(
    [property: Key(0)] ulong Stamp,
    [property: Key(1)] bool Consumed,
    [property: Key(2)] byte Status,
    [property: Key(3)] ushort Cause,
    [property: Key(4)] ulong Address,
    [property: Key(5)] int Log2Size,
    [property: Key(6)] AccessKinds Permissions,
    [property: Key(7)] bool UntranslatedOnly,
    [property: Key(8)] ulong TagFlags,
    [property: Key(9)] ulong TagDevice,
    [property: Key(10)] ulong TagProcess,
    [property: Key(11)] ulong TagGuestAddress,
    [property: Key(12)] int Reads) : IAgentMessage
{
    /// <summary>An answer of the model as a message.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="stamp">Invalidations sent when it was made.</param>
    /// <param name="consumed">Whether the store is done.</param>
    public static TranslationDone Of(in IommuResponse response, ulong stamp, bool consumed)
    {
        TranslationTag tag = response.Tag;
        ulong flags = (tag.HasProcessId ? 1UL : 0) | (tag.GuestValid ? 2UL : 0) | (tag.ProcessValid ? 4UL : 0) | (tag.IsGlobal ? 8UL : 0) |
            ((ulong)tag.FirstStageBits << 8) | ((ulong)tag.SecondStageBits << 16);
        return new TranslationDone(
            stamp, consumed, (byte)response.Status, (ushort)response.Cause, response.Address, response.Log2Size, response.Permissions,
            response.UntranslatedOnly, flags, tag.DeviceId | ((ulong)tag.Gscid << 32), tag.ProcessId | ((ulong)tag.Pscid << 32), tag.GuestAddress,
            response.Reads);
    }

    /// <summary>The answer as a device's TLB takes it.</summary>
    public IommuResponse ToResponse() => new()
    {
        Status = (IommuStatus)Status,
        Cause = (IommuFaultCause)Cause,
        Address = Address,
        Log2Size = Log2Size,
        Permissions = Permissions,
        UntranslatedOnly = UntranslatedOnly,
        Reads = Reads,
        Tag = new TranslationTag(
            (uint)TagDevice, (TagFlags & 1) != 0, (uint)TagProcess, (TagFlags & 2) != 0, (ushort)(TagDevice >> 32), (TagFlags & 4) != 0,
            (uint)(TagProcess >> 32), (TagFlags & 8) != 0, TagGuestAddress, (byte)(TagFlags >> 8), (byte)(TagFlags >> 16)),
    };
}
