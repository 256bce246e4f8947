using Soc.Memory;

namespace Soc.Tlb;

/// <summary>One guest bug: an access that may use what is no longer true.</summary>
public sealed record StaleUse
{
    /// <summary>What the guest did wrong.</summary>
    public required StaleCause Cause { get; init; }

    /// <summary>Agent number of who accessed.</summary>
    public required int Initiator { get; init; }

    /// <summary>pc of the access.</summary>
    public required ulong ProgramCounter { get; init; }

    /// <summary>The kind of the access.</summary>
    public required AccessKind Kind { get; init; }

    /// <summary>Virtual address of the access; the pc itself for code.</summary>
    public required ulong VirtualAddress { get; init; }

    /// <summary>Virtual time of the access, ns.</summary>
    public required ulong Time { get; init; }

    /// <summary>What hardware may still use.</summary>
    public required string Cached { get; init; }

    /// <summary>What is true.</summary>
    public required string Truth { get; init; }

    /// <summary>The store or register write that made it stale.</summary>
    public required LastStore Write { get; init; }

    /// <summary>What was written, for people: "the page-table entry at 0x…".</summary>
    public required string Written { get; init; }

    /// <summary>What the guest should have done.</summary>
    public required string Missing { get; init; }

    /// <summary>Correlation id of a checker's configuration change; 0 for none.</summary>
    public ulong Change { get; init; }
}
