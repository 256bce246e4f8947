namespace Soc.Actors.Summary;

/// <summary>What became of a fault that was to be injected.</summary>
public sealed record FaultSummary
{
    /// <summary>The fault, in the words of a topology.</summary>
    public required string Fault { get; init; }

    /// <summary>How often it was injected.</summary>
    public ulong Injected { get; init; }
}
