using Soc.Memory;

namespace Soc.Devices.Aia;

/// <summary>
/// An advanced platform-level interrupt controller with two domains, a machine-level root and a supervisor-level child (RISC-V AIA 1.0, chapter 4).
/// Each domain is a bus device of its own; wires come in here. Self-locking.
/// </summary>
public sealed class Aplic
{
    private readonly Lock _lock = new();
    private readonly bool[] _wires;

    /// <summary>Creates the controller: all sources inactive, nothing delivered.</summary>
    /// <param name="sources">Sources, numbered 1 to this, at most 1023.</param>
    /// <param name="harts">Harts, numbered from 0.</param>
    /// <param name="port">Takes the outputs of direct delivery to the harts.</param>
    /// <param name="messages">Takes the messages of MSI delivery; null = the domains deliver directly only.</param>
    public Aplic(int sources, int harts, IExternalInterruptPort port, IMessageSink? messages)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentOutOfRangeException.ThrowIfLessThan(sources, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources, 1023);
        SourceCount = sources;
        _wires = new bool[sources + 1];
        Machine = new AplicDomain(_lock, sources, harts, HartInterruptLine.MachineExternal, port, messages, null, _wires);
        Supervisor = new AplicDomain(_lock, sources, harts, HartInterruptLine.SupervisorExternal, port, messages, Machine, _wires);
        Machine.Child = Supervisor;
    }

    /// <summary>Sources, numbered 1 to this.</summary>
    public int SourceCount { get; }

    /// <summary>The root domain.</summary>
    public AplicDomain Machine { get; }

    /// <summary>Its child, number 0.</summary>
    public AplicDomain Supervisor { get; }

    /// <summary>The wire of a source, to hand to the device that drives it.</summary>
    /// <param name="source">1 .. <see cref="SourceCount"/>.</param>
    public IInterruptLine LineOf(int source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source, SourceCount);
        return new SourceLine(this, source);
    }

    /// <summary>The wire of a source changed.</summary>
    /// <param name="source">1 .. <see cref="SourceCount"/>.</param>
    /// <param name="level">True = high.</param>
    /// <param name="by">Who caused it.</param>
    public void SetSource(int source, bool level, IInitiator by)
    {
        lock (_lock)
        {
            if (_wires[source] != level)
            {
                _wires[source] = level;
                Machine.WireChanged(source, by);
                Supervisor.WireChanged(source, by);
            }
        }
    }

    private sealed class SourceLine(Aplic controller, int source) : IInterruptLine
    {
        public void Set(bool level, IInitiator by) => controller.SetSource(source, level, by);
    }
}
