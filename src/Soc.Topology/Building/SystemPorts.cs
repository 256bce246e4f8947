using Soc.Checkers;
using Soc.Devices;
using Soc.RiscV;

namespace Soc.Topology;

/// <summary>Where passive devices, sinks and free-running harts reach what drives the model.</summary>
public sealed record SystemPorts
{
    /// <summary>Takes software interrupts to the harts.</summary>
    public required ISoftwareInterruptPort SoftwareInterrupts { get; init; }

    /// <summary>Takes the outputs of the PLIC to the harts.</summary>
    public required IExternalInterruptPort ExternalInterrupts { get; init; }

    /// <summary>Takes timer deadlines to the harts.</summary>
    public required IHartTimer Timers { get; init; }

    /// <summary>Hears how the guest wants to end.</summary>
    public required IFinisherSink Finisher { get; init; }

    /// <summary>Takes reports of refused accesses to the checkers.</summary>
    public required IViolationSink Violations { get; init; }

    /// <summary>Receives what the console UART transmits.</summary>
    public required ICharacterSink Console { get; init; }

    /// <summary>Virtual time of free mode; null when every initiator follows its own cycles.</summary>
    public IVirtualClock? Clock { get; init; }
}
