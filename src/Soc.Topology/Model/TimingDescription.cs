namespace Soc.Topology;

/// <summary>What events cost in virtual time. Cycles are cycles of the initiator that the event happens to.</summary>
public sealed record TimingDescription
{
    /// <summary>One page-table read of a page walk, cycles.</summary>
    public int WalkStep { get; init; } = 20;

    /// <summary>One question to a checker's snapshot, cycles.</summary>
    public int Translate { get; init; } = 4;

    /// <summary>One access to a device, cycles.</summary>
    public int DeviceAccess { get; init; } = 40;

    /// <summary>Work of a checker or DMA engine for one register access, ns of virtual time.</summary>
    public ulong RegisterWrite { get; init; } = 20;

    /// <summary>Way of a message from one agent to another, virtual ns.</summary>
    public LatencyRange LinkLatency { get; init; } = new(50, 50);
}
