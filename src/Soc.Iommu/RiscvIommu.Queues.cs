using System.Buffers.Binary;

namespace Soc.Iommu;

/// <content>Fault queue and page-request queue (sections 8 and 13.3).</content>
public sealed partial class RiscvIommu
{
    private const ulong PageRequestCode = 4;

    /// <summary>Takes a Page Request or Stop Marker message; what cannot be queued is answered or discarded (section 13.3).</summary>
    public void HandlePageRequest(in PageRequestMessage message)
    {
        if (!_capabilities.Ats)
        {
            return;
        }

        IommuFaultCause cause = Locate(message, out DeviceContext? device);
        if (cause == IommuFaultCause.None && !device!.PriEnabled)
        {
            cause = IommuFaultCause.TransactionTypeDisallowed;
        }

        if (cause != IommuFaultCause.None)
        {
            Report(
                new FaultRecord(
                    cause, IommuTransactionType.Message, message.DeviceId, message.HasProcessId, message.ProcessId, message.Supervisor, PageRequestCode, 0),
                device?.FaultsDisabled ?? false);
            Respond(message, device, cause == IommuFaultCause.TransactionTypeDisallowed ? PageResponseCode.InvalidRequest : PageResponseCode.ResponseFailure);
            return;
        }

        Enqueue(message, device!);
    }

    private IommuFaultCause Locate(in PageRequestMessage message, out DeviceContext? device)
    {
        device = null;
        if (Mode == ModeOff)
        {
            return IommuFaultCause.AllTransactionsDisallowed;
        }

        if (Mode == ModeBare || IsTooWide(message.DeviceId))
        {
            return IommuFaultCause.TransactionTypeDisallowed;
        }

        var journey = new Journey
        {
            Request = new IommuRequest(message.DeviceId, 0, Memory.AccessKind.Load) { HasProcessId = message.HasProcessId, ProcessId = message.ProcessId },
        };
        device = FindDevice(ref journey);
        return journey.Cause;
    }

    private void Enqueue(in PageRequestMessage message, DeviceContext device)
    {
        if ((_pqcsr.Value & QueueOn) == 0 || (_pqcsr.Value & MemoryFault) != 0)
        {
            Respond(message, device, PageResponseCode.ResponseFailure);
            return;
        }

        ulong next = (_pqt.Value + 1) & IndexMask(_pqb);
        if ((_pqcsr.Value & Overflow) != 0 || next == _pqh.Value)
        {
            _pqcsr.Value |= Overflow;
            RaiseLevels(PageSource);
            Respond(message, device, PageResponseCode.Success);
            return;
        }

        ulong word0 = ((ulong)message.ProcessId << 12) | ((ulong)message.DeviceId << 40);
        if (message.HasProcessId)
        {
            word0 |= (1UL << 32) | (message.Supervisor ? 1UL << 33 : 0) | (message.Execute ? 1UL << 34 : 0);
        }

        if (WriteRecord(QueueAddress(_pqb, _pqt.Value, 16), [word0, message.Payload]) != IommuBusResult.Ok)
        {
            _pqcsr.Value |= MemoryFault;
            RaiseLevels(PageSource);
            Respond(message, device, PageResponseCode.ResponseFailure);
            return;
        }

        _pqt.Value = next;
        if ((_pqcsr.Value & InterruptEnable) != 0)
        {
            Raise(PageSource);
        }
    }

    private void Respond(in PageRequestMessage message, DeviceContext? device, PageResponseCode code)
    {
        if (!message.IsLast || message.AsksNothing)
        {
            return;
        }

        bool withProcess = message.HasProcessId && (code == PageResponseCode.ResponseFailure || (device?.ResponseWithProcessId ?? false));
        ulong payload = ((ulong)message.RequesterId << 48) | ((ulong)code << 44) | (((message.Payload >> 3) & 0x1FF) << 32);
        _port.Send(new AtsMessage(
            AtsMessageKind.PageRequestGroupResponse, 0, message.RequesterId, message.SegmentValid, message.Segment,
            withProcess, withProcess ? message.ProcessId : 0, payload));
    }

    /// <summary>Writes a fault record, or drops it as the rules say (section 8.3).</summary>
    /// <param name="record">The record.</param>
    /// <param name="suppressed">DC.tc.DTF of the device.</param>
    private void Report(in FaultRecord record, bool suppressed)
    {
        if ((_fqcsr.Value & QueueOn) == 0 || (_fqcsr.Value & QueueErrors) != 0 || (suppressed && record.IsTranslationFault))
        {
            return;
        }

        ulong next = (_fqt.Value + 1) & IndexMask(_fqb);
        if (next == _fqh.Value)
        {
            _fqcsr.Value |= Overflow;
        }
        else if (WriteRecord(QueueAddress(_fqb, _fqt.Value, 32), [record.Word0, 0, record.Iotval, record.Iotval2]) != IommuBusResult.Ok)
        {
            _fqcsr.Value |= MemoryFault;
        }
        else
        {
            _fqt.Value = next;
        }

        if ((_fqcsr.Value & InterruptEnable) != 0)
        {
            Raise(FaultSource);
        }
    }

    /// <summary>Writes doublewords in the byte order of fctl.BE as one access.</summary>
    private IommuBusResult WriteRecord(ulong address, ReadOnlySpan<ulong> words)
    {
        Span<byte> bytes = stackalloc byte[32];
        for (int index = 0; index < words.Length; index++)
        {
            if (BigEndian)
            {
                BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 * index)..], words[index]);
            }
            else
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * index)..], words[index]);
            }
        }

        int size = 8 * words.Length;
        return IsPhysical(address, size) ? _bus.Write(address, bytes[..size]) : IommuBusResult.Refused;
    }

    /// <summary>Reads doublewords as one access.</summary>
    private IommuBusResult ReadRecord(ulong address, Span<ulong> words, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[64];
        int size = 8 * words.Length;
        IommuBusResult result = IsPhysical(address, size) ? _bus.Read(address, bytes[..size]) : IommuBusResult.Refused;
        for (int index = 0; index < words.Length; index++)
        {
            words[index] = bigEndian
                ? BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * index)..])
                : BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * index)..]);
        }

        return result;
    }
}
