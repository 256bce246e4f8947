namespace Soc.Topology;

/// <summary>Size of an initiator's private software TLB.</summary>
public sealed record TlbDescription
{
    /// <summary>Direct-mapped entries of each context, a power of two.</summary>
    public int Entries { get; init; } = 256;

    /// <summary>Entries of the victim table of each context.</summary>
    public int Victims { get; init; } = 8;
}
