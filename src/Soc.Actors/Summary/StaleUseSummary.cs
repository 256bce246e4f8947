namespace Soc.Actors.Summary;

/// <summary>One guest bug that the sanitizer found, with symbols.</summary>
public sealed record StaleUseSummary
{
    /// <summary>What the guest did wrong, in words with hyphens: "missing-remote-fence".</summary>
    public required string Cause { get; init; }

    /// <summary>Who accessed.</summary>
    public required string Initiator { get; init; }

    /// <summary>pc of the access, hexadecimal.</summary>
    public required string ProgramCounter { get; init; }

    /// <summary>Symbol and offset of the pc; empty when no image knows it.</summary>
    public required string Symbol { get; init; }

    /// <summary>load, store or fetch.</summary>
    public required string Kind { get; init; }

    /// <summary>Virtual address of the access, hexadecimal.</summary>
    public required string Address { get; init; }

    /// <summary>Virtual time of the first such access, ns.</summary>
    public required ulong Time { get; init; }

    /// <summary>What hardware may still use.</summary>
    public required string Cached { get; init; }

    /// <summary>What is true.</summary>
    public required string Truth { get; init; }

    /// <summary>What was written that made it stale.</summary>
    public required string Written { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Writer { get; init; }

    /// <summary>pc of the store or register write, hexadecimal.</summary>
    public required string WriterProgramCounter { get; init; }

    /// <summary>Symbol and offset of the writer's pc; empty when no image knows it.</summary>
    public required string WriterSymbol { get; init; }

    /// <summary>Virtual time of the write, ns.</summary>
    public required ulong WriterTime { get; init; }

    /// <summary>What the guest should have done.</summary>
    public required string Missing { get; init; }

    /// <summary>How often it happened.</summary>
    public required ulong Count { get; init; }
}
