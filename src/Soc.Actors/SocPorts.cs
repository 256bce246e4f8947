using System.Numerics;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Refusals;
using Soc.Actors.Summary;
using Soc.Checkers;
using Soc.Devices;
using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Actors;

/// <summary>
/// Where passive devices and sinks reach the actor world: every callback becomes a message of the initiator in whose slice it
/// happens, so it takes its place in the total order. What an initiator does to itself takes effect at once.
/// </summary>
internal sealed class SocPorts : ISoftwareInterruptPort, IExternalInterruptPort, IHartTimer, IAlarmPort, IFinisherSink, IStudySink, IViolationSink
{
    // A guest can refuse itself millions of times; the trace wants the first ones, the counters all.
    internal const ulong RefusalEvents = RefusalLog.KeptOfEach;

    // Interrupt lines have numbers below 16.
    private const int LinesPerHart = 16;

    // A host timer counts milliseconds in 32 bits; an alarm further away is asked for again on the way.
    private const ulong LongestAlarm = 24UL * 60 * 60 * 1_000_000_000;

    private HartModel[] _harts = [];
    private IReadOnlyList<IAlarmDevice> _alarmDevices = [];
    private ulong[] _alarmOrders = [];
    private ulong[] _lineOrders = [];
    private IInitiatorModel[] _initiators = [];
    private EventRing?[] _rings = [];
    private CheckerCounters[] _checkers = [];
    private StudyLog[] _studies = [];
    private AclintMtimer? _timer;
    private IFabric? _fabric;

    /// <summary>Explains refused accesses; null when nobody wants to know.</summary>
    public RefusalLog? Refusals { get; set; }

    /// <summary>What guests have measured, initiator by initiator, in the order in which the windows closed.</summary>
    public IEnumerable<StudyWindow> Studies => _studies.SelectMany(log => log.Windows);

    /// <summary>Connects the callbacks to the actor world; done once, before anything runs.</summary>
    public void Connect(
        IFabric fabric, HartModel[] harts, IInitiatorModel[] initiators, CheckerCounters[] checkers, EventRing?[] rings, AclintMtimer? timer,
        IReadOnlyList<IAlarmDevice> alarmDevices)
    {
        _alarmDevices = alarmDevices;
        _alarmOrders = new ulong[alarmDevices.Count];
        _fabric = fabric;
        _checkers = checkers;
        _harts = harts;
        _lineOrders = new ulong[harts.Length * LinesPerHart];
        _initiators = initiators;
        _studies = [.. initiators.Select(initiator => new StudyLog(initiator))];
        _rings = rings;
        _timer = timer;
    }

    /// <inheritdoc/>
    public void Set(int hartIndex, HartInterruptLine line, bool level, in BusAccess by) => Set(hartIndex, line, level, by.Initiator);

    /// <inheritdoc/>
    public void Set(int hartIndex, HartInterruptLine line, bool level, IInitiator by)
    {
        if (_fabric is null)
        {
            return;
        }

        ulong order = NextOrder(hartIndex, line);
        int target = _harts[hartIndex].Initiator.InitiatorId;
        RingOf(by)?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.Interrupt,
            Source = (ushort)by.InitiatorId,
            Start = by.Now,
            End = by.Now,
            Index = (ushort)line,
            Result = level ? (byte)1 : (byte)0,
            A = (ulong)target,
        });
        if (by.InitiatorId == target)
        {
            _harts[hartIndex].SetLine(line, level, order);
            _harts[hartIndex].RequestExit();
            return;
        }

        _fabric.Send(by.InitiatorId, target, by.Now, new InterruptLevel(line, level, order));
        if (by.InitiatorId < _initiators.Length)
        {
            // Ends the sender's slice, so that the receiver hears of it soon.
            _initiators[by.InitiatorId].RequestExit();
        }
    }

    /// <inheritdoc/>
    public void SetDeadline(int hartIndex, ulong deadlineTicks, in BusAccess by)
    {
        if (_fabric is null || _timer is null)
        {
            return;
        }

        ulong order = NextOrder(hartIndex, HartInterruptLine.MachineTimer);
        ulong fireAt = deadlineTicks == ulong.MaxValue ? ulong.MaxValue : _timer.NextFire(by.Initiator.Now, deadlineTicks);
        HartModel target = _harts[hartIndex];
        if (by.Initiator.InitiatorId == target.Initiator.InitiatorId)
        {
            target.SetTimer(fireAt, order);
            target.RequestExit();
        }
        else
        {
            _fabric.Send(by.Initiator.InitiatorId, target.Initiator.InitiatorId, by.Initiator.Now, new TimerDeadline(fireAt, order));
        }
    }

    /// <inheritdoc/>
    public void SetAlarm(int number, ulong at, IInitiator by)
    {
        if (_fabric is null)
        {
            return;
        }

        ulong order = Interlocked.Increment(ref _alarmOrders[number]);
        if (at != ulong.MaxValue)
        {
            ulong now = by.Now;
            ulong wait = Math.Min(at > now ? at - now : 0, LongestAlarm);
            _fabric.SendLate(by.InitiatorId, _harts[0].Initiator.InitiatorId, now, new DeviceAlarm(number, order), wait, overtaken: true);
        }
    }

    /// <summary>A device's time has come, or a part of the way to it.</summary>
    /// <param name="alarm">The device's wish.</param>
    /// <param name="by">In whose slice the device acts.</param>
    public void Ring(DeviceAlarm alarm, IInitiator by)
    {
        if (alarm.Order != Volatile.Read(ref _alarmOrders[alarm.Device]))
        {
            return;
        }

        IAlarmDevice device = _alarmDevices[alarm.Device];
        device.Tick(by);
        if (device.AlarmAt is var again && again != ulong.MaxValue)
        {
            SetAlarm(alarm.Device, again, by);
        }
    }

    /// <inheritdoc/>
    public void Finish(FinishKind kind, int code, in BusAccess by)
    {
        RunEnd end = kind switch
        {
            FinishKind.Pass => new RunEnd(RunOutcome.Finished, 0, string.Empty),
            FinishKind.Reset => new RunEnd(RunOutcome.Finished, 0, "the guest asked for a reset; Soc ends the run instead"),
            _ => new RunEnd(RunOutcome.Finished, Math.Clamp(code, 1, 255), $"the guest reported failure {code}"),
        };
        int initiator = by.Initiator.InitiatorId;
        if (initiator >= 0 && initiator < _initiators.Length)
        {
            _initiators[initiator].Finished ??= end;
            _initiators[initiator].RequestExit();
        }
    }

    /// <inheritdoc/>
    public void BeginStudy(ulong first, ulong last, in BusAccess by) => LogOf(by)?.Begin(first, last);

    /// <inheritdoc/>
    public void EndStudy(string name, ulong wrong, in BusAccess by) => LogOf(by)?.End(name, wrong);

    /// <inheritdoc/>
    public void Report(in Violation violation)
    {
        int initiator = violation.InitiatorId;
        if (_fabric is null || initiator < 0)
        {
            return;
        }

        CheckerCounters checker = _checkers[violation.Checker - _checkers[0].Checker.AgentId];
        ulong count = ++checker.RefusedBy[initiator];
        bool reported = checker.Checker.CanRecord(violation);
        int number = Refusals?.Add(checker.Checker, violation, initiator < _initiators.Length ? _initiators[initiator].Position : 0, count, reported) ?? 0;
        if (reported)
        {
            _fabric.Send(initiator, violation.Checker, violation.Time, new ViolationReport(
                violation.PhysicalAddress, violation.Size, violation.Attributes.ToBits(), violation.Kind, violation.BusError, violation.Interrupt,
                violation.Detail, initiator));
            if (initiator < _initiators.Length)
            {
                // On a bus nobody's later store overtakes the record of a refusal: let the checker hear of it soon.
                _initiators[initiator].RequestExit();
            }
        }

        if (count <= RefusalEvents && initiator < _initiators.Length)
        {
            WriteRefusal(violation, number);
        }
    }

    /// <summary>Devices call under their own lock, so the numbers follow the order of their states.</summary>
    private ulong NextOrder(int hartIndex, HartInterruptLine line) =>
        Interlocked.Increment(ref _lineOrders[(hartIndex * LinesPerHart) + (int)line]);

    private void WriteRefusal(in Violation violation, int number) => _rings[violation.InitiatorId]?.TryWrite(new ModelEvent
    {
        Type = ModelEventType.Refused,
        Source = (ushort)violation.InitiatorId,
        Start = violation.Time,
        End = violation.Time,
        Kind = (byte)violation.Kind,
        Index = (ushort)number,
        Result = (byte)(violation.BusError ? AccessResult.Error : AccessResult.Ok),
        Flags = (byte)BitOperations.Log2((uint)violation.Size),
        A = violation.PhysicalAddress,
        B = violation.Attributes.ToBits(),
        C = _initiators[violation.InitiatorId].Position,
        D = (ulong)violation.Checker,
    });

    private StudyLog? LogOf(in BusAccess by)
    {
        int initiator = by.Initiator.InitiatorId;
        return initiator >= 0 && initiator < _studies.Length ? _studies[initiator] : null;
    }

    private EventRing? RingOf(IInitiator by) => by.InitiatorId >= 0 && by.InitiatorId < _rings.Length ? _rings[by.InitiatorId] : null;
}
