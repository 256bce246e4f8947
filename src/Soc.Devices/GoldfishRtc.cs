using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// The real-time clock of the Goldfish platform: nanoseconds since 1970 (Android's GOLDFISH-VIRTUAL-HARDWARE description, "RTC"). Shows a start time,
/// which the topology says, plus the virtual time: never the host's clock. Self-locking.
/// </summary>
/// <remarks>
/// <code>
/// offset  name             access  meaning
/// 0x00    TIME_LOW         RW      low half of the time; a read latches the high half. A write sets the time with TIME_HIGH
/// 0x04    TIME_HIGH        RW      high half, as latched
/// 0x08    ALARM_LOW        RW      low half of the alarm; a write sets the alarm with ALARM_HIGH
/// 0x0c    ALARM_HIGH       RW      high half
/// 0x10    IRQ_ENABLED      RW      bit 0: the alarm may interrupt
/// 0x14    CLEAR_ALARM      W       forgets the alarm
/// 0x18    ALARM_STATUS     R       bit 0: an alarm is set
/// 0x1c    CLEAR_INTERRUPT  W       takes the interrupt back
/// </code>
/// Accesses have 4 bytes; others are bus errors. An alarm goes off when <see cref="Tick"/> is called at or after its time, or a register is accessed.
/// </remarks>
/// <param name="startTime">Time at virtual time 0, ns since 1970.</param>
/// <param name="interrupt">The interrupt wire.</param>
/// <param name="alarms">Whom to ask for a call of <see cref="Tick"/>.</param>
/// <param name="number">The device's number there.</param>
public sealed class GoldfishRtc(ulong startTime, IInterruptLine interrupt, IAlarmPort alarms, int number) : IBusDevice, IAlarmDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x1000;

    private readonly Lock _lock = new();
    private ulong _offset = startTime;
    private uint _timeHigh;
    private ulong _alarm;
    private uint _alarmHigh;
    private bool _alarmSet;
    private bool _enabled;
    private bool _pending;
    private bool _level;

    /// <inheritdoc/>
    public ulong AlarmAt
    {
        get
        {
            lock (_lock)
            {
                return NextAlarm;
            }
        }
    }

    private ulong NextAlarm => !_alarmSet ? ulong.MaxValue : _alarm < _offset ? 0 : _alarm - _offset;

    /// <inheritdoc/>
    public void Tick(IInitiator by)
    {
        ArgumentNullException.ThrowIfNull(by);
        lock (_lock)
        {
            Check(by);
        }
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            Check(access.Initiator);
            ulong now = TimeOf(access.Initiator);
            if (access.Offset == 0x00 && !access.Attributes.IsDebug)
            {
                _timeHigh = (uint)(now >> 32);
            }

            value = access.Offset switch
            {
                0x00 => (uint)now,
                0x04 => _timeHigh,
                0x08 => (uint)_alarm,
                0x0C => (uint)(_alarm >> 32),
                0x10 => _enabled ? 1u : 0,
                0x18 => _alarmSet ? 1u : 0,
                _ => 0,
            };
        }

        return AccessResult.Ok;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 4)
        {
            return AccessResult.Error;
        }

        lock (_lock)
        {
            Check(access.Initiator);
            ulong before = NextAlarm;
            WriteRegister(access.Offset, (uint)value, access.Initiator);
            Check(access.Initiator);
            if (NextAlarm is var after && after != before)
            {
                alarms.SetAlarm(number, after, access.Initiator);
            }
        }

        return AccessResult.Ok;
    }

    private void WriteRegister(ulong offset, uint value, IInitiator by)
    {
        switch (offset)
        {
            case 0x00:
                _offset = unchecked((((ulong)_timeHigh << 32) | value) - by.Now);
                break;
            case 0x04:
                _timeHigh = value;
                break;
            case 0x08:
                _alarm = ((ulong)_alarmHigh << 32) | value;
                _alarmSet = true;
                break;
            case 0x0C:
                _alarmHigh = value;
                break;
            case 0x10:
                _enabled = (value & 1) != 0;
                break;
            case 0x14:
                _alarmSet = false;
                break;
            case 0x1C:
                _pending = false;
                break;
        }
    }

    private ulong TimeOf(IInitiator by) => unchecked(_offset + by.Now);

    private void Check(IInitiator by)
    {
        if (_alarmSet && TimeOf(by) >= _alarm)
        {
            _alarmSet = false;
            _pending = true;
        }

        bool level = _pending && _enabled;
        if (level != _level)
        {
            _level = level;
            interrupt.Set(level, by);
        }
    }
}
