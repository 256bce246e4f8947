using Soc.Checkers;
using Soc.Devices;
using Soc.Devices.Virtio.Block;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>Where a plain model calls out to whoever drives it (the actors, or a test).</summary>
public sealed record SystemPorts
{
    /// <summary>Software interrupts from the ACLINT.</summary>
    public required ISoftwareInterruptPort SoftwareInterrupts { get; init; }

    /// <summary>External interrupts from the PLIC.</summary>
    public required IExternalInterruptPort ExternalInterrupts { get; init; }

    /// <summary>Timer deadlines from the ACLINT.</summary>
    public required IHartTimer Timers { get; init; }

    /// <summary>Alarms of devices.</summary>
    public required IAlarmPort Alarms { get; init; }

    /// <summary>The guest ends the run.</summary>
    public required IFinisherSink Finisher { get; init; }

    /// <summary>What guests want to be measured.</summary>
    public required IStudySink Studies { get; init; }

    /// <summary>Refused accesses.</summary>
    public required IViolationSink Violations { get; init; }

    /// <summary>Bytes of the console UART; those of other UARTs go nowhere.</summary>
    public required ICharacterSink Console { get; init; }

    /// <summary>
    /// Opens the image of a disk by its full path, read-only or not; throws <see cref="ImageException"/> when that fails. Null = no disk has one.
    /// </summary>
    public Func<string, bool, IBlockBacking>? OpenDisk { get; init; }

    /// <summary>Virtual time that does not follow the harts' cycles (free mode); null in lockstep.</summary>
    public IVirtualClock? Clock { get; init; }
}
