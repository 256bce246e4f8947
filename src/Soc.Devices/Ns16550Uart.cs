using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// A UART of the 16550A kind with 16-byte FIFOs. Transmission takes no time; the character timeout of the receive FIFO
/// counts as elapsed at once, so bytes below the trigger level are announced immediately.
/// </summary>
/// <remarks>
/// <para>Registers, each one byte, at index &lt;&lt; register shift (National Semiconductor PC16550D, section 8):</para>
/// <code>
/// index  DLAB  read                      write
/// 0      0     RBR  receive buffer       THR  transmit holding
/// 1      0     IER  interrupt enable     IER
/// 2      -     IIR  interrupt identity   FCR  FIFO control
/// 3      -     LCR  line control         LCR
/// 4      -     MCR  modem control        MCR
/// 5      -     LSR  line status          (ignored)
/// 6      -     MSR  modem status         (ignored)
/// 7      -     SCR  scratch              SCR
/// 0      1     DLL  divisor, low byte    DLL
/// 1      1     DLM  divisor, high byte   DLM
/// </code>
/// <para>
/// Accesses have one byte or the register width; others are bus errors. Bytes between registers read 0.
/// Self-locking. Input arrives by <see cref="Receive"/>, which the owner calls at a place in the order of events that
/// does not depend on the host; bytes beyond the FIFO wait on the wire, none is lost. Every new cause of an interrupt
/// asserts the wire once more.
/// </para>
/// </remarks>
public sealed class Ns16550Uart : IBusDevice
{
    /// <summary>Bytes of the receive FIFO.</summary>
    public const int FifoSize = 16;

    private const byte IerReceive = 1 << 0;
    private const byte IerTransmit = 1 << 1;
    private const byte IerLineStatus = 1 << 2;
    private const byte IerModemStatus = 1 << 3;

    private const byte IirNone = 0x01;
    private const byte IirModemStatus = 0x00;
    private const byte IirTransmit = 0x02;
    private const byte IirReceive = 0x04;
    private const byte IirLineStatus = 0x06;
    private const byte IirTimeout = 0x0C;
    private const byte IirFifosEnabled = 0xC0;

    private const byte FcrEnable = 1 << 0;
    private const byte FcrClearReceive = 1 << 1;

    private const byte LcrDivisorLatch = 1 << 7;

    private const byte McrLoop = 1 << 4;
    private const byte McrMask = 0x1F;

    private const int LineStatusIndex = 5;
    private const byte LsrDataReady = 1 << 0;
    private const byte LsrOverrun = 1 << 1;
    private const byte LsrTransmitterIdle = 0x60;

    // Clear to send, data set ready and carrier are always there.
    private const byte MsrConnected = 0xB0;

    private static readonly int[] TriggerLevels = [1, 4, 8, 14];

    private readonly Lock _lock = new();
    private readonly int _registerShift;
    private readonly int _registerWidth;
    private readonly ICharacterSink _output;
    private readonly IInterruptLine _interrupt;
    private readonly Queue<byte> _received = new();
    private readonly Queue<byte> _wire = new();
    private byte _interruptEnable;
    private byte _fifoControl;
    private byte _lineControl;
    private byte _modemControl;
    private byte _modemStatus;
    private byte _scratch;
    private byte _divisorLow;
    private byte _divisorHigh;
    private bool _overrun;
    private bool _transmitPending;
    private bool _level;
    private bool _newCause;

    /// <summary>Creates the UART in its reset state.</summary>
    /// <param name="output">Gets every transmitted byte.</param>
    /// <param name="interrupt">The interrupt wire.</param>
    /// <param name="registerShift">Registers lie 2^shift bytes apart, 0..3 (device tree: reg-shift).</param>
    /// <param name="registerWidth">Width of an access in bytes: 1, 2 or 4 (device tree: reg-io-width).</param>
    /// <exception cref="ArgumentOutOfRangeException">Shift or width is none of these, or the width exceeds the distance.</exception>
    public Ns16550Uart(ICharacterSink output, IInterruptLine interrupt, int registerShift = 0, int registerWidth = 1)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(interrupt);
        if (registerShift is < 0 or > 3)
        {
            throw new ArgumentOutOfRangeException(nameof(registerShift), registerShift, "a register shift is 0 to 3");
        }

        if (registerWidth is not (1 or 2 or 4) || registerWidth > 1 << registerShift)
        {
            throw new ArgumentOutOfRangeException(nameof(registerWidth), registerWidth, "a register width is 1, 2 or 4 and at most the distance of registers");
        }

        _output = output;
        _interrupt = interrupt;
        _registerShift = registerShift;
        _registerWidth = registerWidth;
        _modemStatus = MsrConnected;
    }

    /// <summary>Bytes of the register block.</summary>
    public ulong RegionSize => 8UL << _registerShift;

    /// <summary>Bytes received and not yet read by the guest, those on the wire included.</summary>
    public int ReceivedCount
    {
        get
        {
            lock (_lock)
            {
                return _received.Count + _wire.Count;
            }
        }
    }

    /// <summary>Whether the guest wants to be told of received bytes.</summary>
    public bool AwaitsInput
    {
        get
        {
            lock (_lock)
            {
                return (_interruptEnable & IerReceive) != 0;
            }
        }
    }

    private bool FifosEnabled => (_fifoControl & FcrEnable) != 0;

    private bool DivisorLatchAccess => (_lineControl & LcrDivisorLatch) != 0;

    private int Capacity => FifosEnabled ? FifoSize : 1;

    /// <summary>One byte arrives on the wire; the guest sees it from now on, or when the FIFO has room.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="by">The source of the event, for the interrupt wire.</param>
    public void Receive(byte value, IInitiator by)
    {
        lock (_lock)
        {
            _wire.Enqueue(value);
            Refill();
            UpdateLine(by);
        }
    }

    /// <summary>Back to the state after power-on; bytes on the wire stay there.</summary>
    public void Reset(IInitiator by)
    {
        lock (_lock)
        {
            _interruptEnable = _fifoControl = _lineControl = _modemControl = _scratch = _divisorLow = _divisorHigh = 0;
            _modemStatus = MsrConnected;
            _overrun = _transmitPending = false;
            _received.Clear();
            UpdateLine(by);
            Refill();
        }
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (!IsLegal(access))
        {
            return AccessResult.Error;
        }

        if (IndexOf(access) is int index and >= 0)
        {
            if (index == LineStatusIndex && !Volatile.Read(ref _overrun))
            {
                // What drivers poll: it was true at some moment of this call, and more the lock could not promise.
                value = LineStatus();
                return AccessResult.Ok;
            }

            lock (_lock)
            {
                value = Peek(index);
                if (!access.Attributes.IsDebug && Acknowledge(index, (byte)value))
                {
                    UpdateLine(access.Initiator);
                }
            }
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (!IsLegal(access))
        {
            return AccessResult.Error;
        }

        if (IndexOf(access) is int index and >= 0)
        {
            lock (_lock)
            {
                WriteRegister(index, (byte)value, access.Initiator);
                UpdateLine(access.Initiator);
            }
        }

        return AccessResult.Ok;
    }

    private bool IsLegal(in BusAccess access) => access.Size == 1 || access.Size == _registerWidth;

    private int IndexOf(in BusAccess access)
    {
        ulong index = access.Offset >> _registerShift;
        bool atRegister = (access.Offset & ((1UL << _registerShift) - 1)) == 0;
        return atRegister && index < 8 ? (int)index : -1;
    }

    private byte Peek(int index) => index switch
    {
        0 => DivisorLatchAccess ? _divisorLow : _received.TryPeek(out byte next) ? next : (byte)0,
        1 => DivisorLatchAccess ? _divisorHigh : _interruptEnable,
        2 => (byte)(InterruptIdentity() | (FifosEnabled ? IirFifosEnabled : 0)),
        3 => _lineControl,
        4 => _modemControl,
        LineStatusIndex => LineStatus(),
        6 => _modemStatus,
        _ => _scratch,
    };

    /// <summary>What reading a register does beside giving its value.</summary>
    /// <returns>Whether the interrupt may be another one now.</returns>
    private bool Acknowledge(int index, byte value)
    {
        switch (index)
        {
            case 0 when !DivisorLatchAccess:
                _received.TryDequeue(out _);
                Refill();
                return true;
            case 2 when (value & 0xF) == IirTransmit:
                // Reading IIR acknowledges the transmitter interrupt, but only when it is the one shown (table 4 of the manual).
                _transmitPending = false;
                return true;
            case LineStatusIndex when _overrun:
                _overrun = false;
                return true;
            case 6:
                _modemStatus &= 0xF0;
                return true;
            default:
                return false;
        }
    }

    private void WriteRegister(int index, byte value, IInitiator by)
    {
        switch (index)
        {
            case 0 when DivisorLatchAccess:
                _divisorLow = value;
                break;
            case 0:
                Transmit(value, by);
                break;
            case 1 when DivisorLatchAccess:
                _divisorHigh = value;
                break;
            case 1:
                // Enabling the transmitter interrupt while the register is empty raises it.
                _transmitPending = (value & IerTransmit) != 0 && (_transmitPending || (_interruptEnable & IerTransmit) == 0);
                _newCause |= (value & 0xF & ~_interruptEnable) != 0;
                _interruptEnable = (byte)(value & 0xF);
                break;
            case 2:
                WriteFifoControl(value);
                break;
            case 3:
                _lineControl = value;
                break;
            case 4:
                _modemControl = (byte)(value & McrMask);
                UpdateModemStatus();
                break;
            case 7:
                _scratch = value;
                break;
        }
    }

    private void Transmit(byte value, IInitiator by)
    {
        if ((_modemControl & McrLoop) == 0)
        {
            _output.Write(value, by);
        }
        else if (_received.Count < Capacity)
        {
            _received.Enqueue(value);
        }
        else
        {
            LoopOverrun(value);
        }

        _transmitPending = true;
        _newCause = true;
    }

    private void LoopOverrun(byte value)
    {
        _overrun = true;
        if (!FifosEnabled)
        {
            // The single buffer is overwritten; a full FIFO keeps its content and loses the shift register's.
            _received.Clear();
            _received.Enqueue(value);
        }
    }

    private void WriteFifoControl(byte value)
    {
        bool toggled = ((value ^ _fifoControl) & FcrEnable) != 0;
        if (toggled || (value & FcrClearReceive) != 0)
        {
            _received.Clear();
        }

        // The trigger level can only be programmed together with the enable bit.
        _fifoControl = (value & FcrEnable) != 0 ? (byte)(value & (0xC0 | FcrEnable)) : (byte)0;
        Refill();
    }

    private void UpdateModemStatus()
    {
        byte lines = MsrConnected;
        if ((_modemControl & McrLoop) != 0)
        {
            // Loop-back: RTS -> CTS, DTR -> DSR, OUT1 -> RI, OUT2 -> DCD.
            lines = (byte)(((_modemControl & 0x02) << 3) | ((_modemControl & 0x01) << 5) | ((_modemControl & 0x0C) << 4));
        }

        int changed = (lines ^ _modemStatus) >> 4;
        // The ring indicator reports its trailing edge only.
        int deltas = (changed & 0b1011) | (changed & 0b0100 & (_modemStatus >> 4));
        _modemStatus = (byte)(lines | (_modemStatus & 0xF) | deltas);
    }

    private void Refill()
    {
        while (_received.Count < Capacity && _wire.TryDequeue(out byte next))
        {
            _received.Enqueue(next);
            _newCause = true;
        }
    }

    private byte LineStatus() =>
        (byte)(LsrTransmitterIdle | (_received.Count > 0 ? LsrDataReady : 0) | (_overrun ? LsrOverrun : 0));

    private byte InterruptIdentity()
    {
        if (_overrun && (_interruptEnable & IerLineStatus) != 0)
        {
            return IirLineStatus;
        }

        if (_received.Count > 0 && (_interruptEnable & IerReceive) != 0)
        {
            return !FifosEnabled || _received.Count >= TriggerLevels[_fifoControl >> 6] ? IirReceive : IirTimeout;
        }

        if (_transmitPending && (_interruptEnable & IerTransmit) != 0)
        {
            return IirTransmit;
        }

        return (_modemStatus & 0xF) != 0 && (_interruptEnable & IerModemStatus) != 0 ? IirModemStatus : IirNone;
    }

    private void UpdateLine(IInitiator by)
    {
        bool level = InterruptIdentity() != IirNone;
        if (level != _level || (level && _newCause))
        {
            _level = level;
            _interrupt.Set(level, by);
        }

        _newCause = false;
    }
}
