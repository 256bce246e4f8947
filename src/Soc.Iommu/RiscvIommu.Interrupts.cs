using System.Buffers.Binary;

namespace Soc.Iommu;

/// <content>Interrupts, wired and message-signalled (section 14).</content>
public sealed partial class RiscvIommu
{
    private const ulong CommandSource = 1 << 0;
    private const ulong FaultSource = 1 << 1;
    private const ulong CounterSource = 1 << 2;
    private const ulong PageSource = 1 << 3;

    private uint _pendingMessages;
    private uint _wires;

    /// <summary>Levels of the wires, bit = vector.</summary>
    public uint Wires => _wires;

    private void Raise(ulong source)
    {
        if ((_ipsr.Value & source) != 0)
        {
            return;
        }

        _ipsr.Value |= source;
        if (Wired)
        {
            UpdateWires();
            return;
        }

        int vector = VectorOf(source);
        if ((_messageMasks[vector].Value & 1) != 0)
        {
            _pendingMessages |= 1U << vector;
        }
        else
        {
            SendMessage(vector);
        }
    }

    /// <summary>Raises those of the sources whose condition is a level and holds.</summary>
    private void RaiseLevels(ulong sources)
    {
        if ((sources & CommandSource) != 0 && Asserts(_cqcsr.Value, CommandErrors | FenceWaiting))
        {
            Raise(CommandSource);
        }

        if ((sources & FaultSource) != 0 && Asserts(_fqcsr.Value, QueueErrors))
        {
            Raise(FaultSource);
        }

        if ((sources & PageSource) != 0 && Asserts(_pqcsr.Value, QueueErrors))
        {
            Raise(PageSource);
        }
    }

    private static bool Asserts(ulong control, ulong conditions) => (control & InterruptEnable) != 0 && (control & conditions) != 0;

    /// <summary>Clears source after source, each at once pending again where its condition is a level that still holds.</summary>
    private void ClearInterrupts(ulong written)
    {
        // In this order a record of a refused MSI of the command source still counts for the fault bit that the same write clears:
        // software reads the fault queue after it cleared the bit.
        foreach (ulong source in (ReadOnlySpan<ulong>)[CommandSource, FaultSource, PageSource, CounterSource])
        {
            if ((written & source) != 0)
            {
                _ipsr.Value &= ~source;
                RaiseLevels(source);
            }
        }

        UpdateWires();
    }

    private void SendPending(int vector)
    {
        if ((_messageMasks[vector].Value & 1) == 0 && (_pendingMessages & (1U << vector)) != 0)
        {
            _pendingMessages &= ~(1U << vector);
            SendMessage(vector);
        }
    }

    private void SendMessage(int vector)
    {
        ulong address = _messageAddresses[vector].Value;
        if (WriteWord(address, (uint)_messageData[vector].Value) != IommuBusResult.Ok)
        {
            Report(new FaultRecord(
                IommuFaultCause.MsiWriteAccessFault, IommuTransactionType.None, 0, false, 0, false, address, 0), suppressed: false);
        }
    }

    /// <summary>A 4-byte store in the byte order of fctl.BE.</summary>
    private IommuBusResult WriteWord(ulong address, uint value)
    {
        if (!IsPhysical(address, 4))
        {
            return IommuBusResult.Refused;
        }

        Span<byte> bytes = stackalloc byte[4];
        if (BigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        return _bus.Write(address, bytes);
    }

    private int VectorOf(ulong source)
    {
        int field = source switch { CommandSource => 0, FaultSource => 4, CounterSource => 8, _ => 12 };
        return (int)(_vectors.Value >> field) & 0xF;
    }

    private void UpdateWires()
    {
        uint wires = 0;
        if (Wired)
        {
            for (ulong source = CommandSource; source <= PageSource; source <<= 1)
            {
                wires |= (_ipsr.Value & source) != 0 ? 1U << VectorOf(source) : 0;
            }
        }

        uint changed = wires ^ _wires;
        _wires = wires;
        for (int vector = 0; changed != 0; vector++, changed >>= 1)
        {
            if ((changed & 1) != 0)
            {
                _port.SetWire(vector, ((wires >> vector) & 1) != 0);
            }
        }
    }
}
