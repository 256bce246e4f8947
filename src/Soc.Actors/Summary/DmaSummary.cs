namespace Soc.Actors.Summary;

/// <summary>What one DMA engine did.</summary>
public sealed record DmaSummary
{
    /// <summary>Name from the topology.</summary>
    public required string Name { get; init; }

    /// <summary>Beats that read.</summary>
    public ulong ReadBeats { get; init; }

    /// <summary>Beats that wrote.</summary>
    public ulong WriteBeats { get; init; }

    /// <summary>Bytes copied.</summary>
    public ulong Bytes { get; init; }

    /// <summary>Descriptors done.</summary>
    public ulong Descriptors { get; init; }

    /// <summary>Beats that a checker refused.</summary>
    public ulong RefusedBeats { get; init; }

    /// <summary>Beats answered with a bus error.</summary>
    public ulong BusErrors { get; init; }
}
