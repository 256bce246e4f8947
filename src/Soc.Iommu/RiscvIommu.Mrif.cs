using System.Buffers.Binary;

namespace Soc.Iommu;

/// <content>Stores to memory-resident interrupt files (section 6).</content>
public sealed partial class RiscvIommu
{
    private const uint LargestInterrupt = 2047;

    /// <summary>
    /// Delivers a device's write that <see cref="Translate"/> sent to a memory-resident interrupt file: sets the pending bit of the
    /// interrupt that the data names and, if it is enabled, stores the notice. Data that name no interrupt are discarded.
    /// </summary>
    /// <param name="request">The write.</param>
    /// <param name="target">The file, from <see cref="IommuResponse.Mrif"/>.</param>
    /// <param name="data">The bytes written, as a little-endian number.</param>
    /// <param name="size">Bytes written; only 4-byte writes to the start of the page (or, big-endian, to its fourth byte) are MSIs.</param>
    /// <returns>Success, or Unsupported Request when the file refused the access; the fault is recorded.</returns>
    public IommuStatus StoreMrif(in IommuRequest request, in MrifTarget target, uint data, int size)
    {
        ulong offset = request.Iova & 0xFFF;
        uint number = offset == 4 ? BinaryPrimitives.ReverseEndianness(data) : data;
        if (size != 4 || offset > 4 || offset % 4 != 0 || number > LargestInterrupt)
        {
            return IommuStatus.Success;
        }

        IommuBusResult result = SetPending(target, number);
        if (result == IommuBusResult.Ok)
        {
            return IommuStatus.Success;
        }

        IommuFaultCause cause = result == IommuBusResult.Poisoned ? IommuFaultCause.MrifCorruption : IommuFaultCause.MrifAccessFault;
        bool disabled = _devices.Candidate(request.DeviceId) is { } device && device.DeviceId == request.DeviceId && device.FaultsDisabled;
        Report(
            new FaultRecord(
                cause, request.TransactionType, request.DeviceId, request.HasProcessId, request.ProcessId, request.Supervisor, request.Iova, 0),
            disabled);
        return IommuStatus.UnsupportedRequest;
    }

    private IommuBusResult SetPending(in MrifTarget target, uint number)
    {
        // Pairs of doublewords: 64 pending bits, then their enable bits (RISC-V AIA, memory-resident interrupt files).
        ulong pending = target.Address + (16 * (ulong)(number / 64));
        ulong bit = 1UL << (int)(number % 64);
        if (!IsPhysical(pending, 16))
        {
            return IommuBusResult.Refused;
        }

        Span<ulong> words = stackalloc ulong[2];
        IommuBusResult result = ReadRecord(pending, words, bigEndian: false);
        ulong old = words[0];
        while (result == IommuBusResult.Ok && (old & bit) == 0)
        {
            result = _bus.CompareExchange(pending, 8, old, old | bit, out ulong found);
            if (found == old)
            {
                break;
            }

            old = found;
        }

        // The enable bit is read after the pending bit is set, so that whoever enables it late sees the pending bit.
        if (result == IommuBusResult.Ok)
        {
            result = ReadRecord(pending, words, bigEndian: false);
        }

        return result == IommuBusResult.Ok && (words[1] & bit) != 0 ? WriteWord(target.NoticeAddress, target.NoticeId) : result;
    }
}
