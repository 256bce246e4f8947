using MessagePack;
using Soc.Iommu;
using Soc.Memory;

namespace Soc.Actors.Messages;

/// <summary>Command: translate an access of a device. The device waits for <see cref="TranslationDone"/>.</summary>
/// <param name="Initiator">Agent number of the device.</param>
/// <param name="DeviceId">Device id, 24 bits.</param>
/// <param name="Iova">The address.</param>
/// <param name="Kind">Load, store or fetch.</param>
/// <param name="AddressType">Untranslated, translated, or a translation request.</param>
/// <param name="Process">Process id in bits 19:0; -1 for none.</param>
/// <param name="Supervisor">Supervisor privilege.</param>
/// <param name="NoWrite">NW of a translation request.</param>
/// <param name="Size">Bytes that an untranslated store writes, at most 8: needed when it goes to a memory-resident interrupt file.</param>
/// <param name="Value">What it writes.</param>
[MessagePackObject]
public sealed record TranslationAsk(
    [property: Key(0)] int Initiator,
    [property: Key(1)] uint DeviceId,
    [property: Key(2)] ulong Iova,
    [property: Key(3)] AccessKind Kind,
    [property: Key(4)] byte AddressType,
    [property: Key(5)] int Process,
    [property: Key(6)] bool Supervisor,
    [property: Key(7)] bool NoWrite,
    [property: Key(8)] int Size,
    [property: Key(9)] ulong Value) : IAgentMessage
{
    /// <summary>The question as a device's TLB left it.</summary>
    /// <param name="initiator">Agent number of the device.</param>
    /// <param name="request">The question.</param>
    /// <param name="size">Bytes that a store writes.</param>
    /// <param name="value">What it writes.</param>
    public static TranslationAsk Of(int initiator, in IommuRequest request, int size, ulong value) => new(
        initiator, request.DeviceId, request.Iova, request.Kind, (byte)request.AddressType, request.HasProcessId ? (int)request.ProcessId : -1,
        request.Supervisor, request.NoWrite, size, value);

    /// <summary>The request as the IOMMU takes it.</summary>
    public IommuRequest ToRequest() => new(DeviceId, Iova, Kind)
    {
        AddressType = (IommuAddressType)AddressType,
        HasProcessId = Process >= 0,
        ProcessId = Process >= 0 ? (uint)Process : 0,
        Supervisor = Supervisor,
        NoWrite = NoWrite,
    };
}
