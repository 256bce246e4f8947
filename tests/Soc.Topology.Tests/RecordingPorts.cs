using Soc.Checkers;
using Soc.Devices;
using Soc.Memory;

namespace Soc.Topology.Tests;

/// <summary>Notes what a plain model calls out.</summary>
internal sealed class RecordingPorts : ISoftwareInterruptPort, IExternalInterruptPort, IHartTimer, IAlarmPort, IFinisherSink, IStudySink, IViolationSink, ICharacterSink
{
    public List<Violation> Violations { get; } = [];

    public List<string> Studies { get; } = [];

    public List<char> Console { get; } = [];

    public SystemPorts ToPorts() => new()
    {
        SoftwareInterrupts = this,
        ExternalInterrupts = this,
        Timers = this,
        Alarms = this,
        Finisher = this,
        Studies = this,
        Violations = this,
        Console = this,
    };

    public void Set(int hartIndex, HartInterruptLine line, bool level, in BusAccess by)
    {
    }

    public void Set(int hartIndex, HartInterruptLine line, bool level, IInitiator by)
    {
    }

    public void SetDeadline(int hartIndex, ulong deadlineTicks, in BusAccess by)
    {
    }

    public void SetAlarm(int number, ulong at, IInitiator by)
    {
    }

    public void Finish(FinishKind kind, int code, in BusAccess by)
    {
    }

    public void BeginStudy(ulong first, ulong last, in BusAccess by) => Studies.Add($"begin {first:x}-{last:x}");

    public void EndStudy(string name, ulong wrong, in BusAccess by) => Studies.Add($"end {name} {wrong}");

    public void Report(in Violation violation) => Violations.Add(violation);

    public void Write(byte value, IInitiator by) => Console.Add((char)value);
}
