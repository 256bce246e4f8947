using Soc.Checkers;

namespace Soc.Actors.Refusals;

/// <summary>A refused access, and what is known of it.</summary>
/// <param name="Number">Its number in the log, from 1.</param>
/// <param name="Violation">Who, what and where.</param>
/// <param name="Position">pc of a hart's instruction, or bus address of a DMA engine's descriptor.</param>
/// <param name="Reason">Which slot, entry, region or granule decided, and why.</param>
public sealed record Refusal(int Number, Violation Violation, ulong Position, string Reason)
{
    /// <summary>What became of it in the checker's error record.</summary>
    public string Record { get; internal set; } = "the checker had not heard of it when the run ended";
}
