namespace Soc.Topology;

/// <summary>Size of an initiator's private software TLB.</summary>
public sealed record TlbDescription
{
    /// <summary>Direct-mapped entries of each context, a power of two; the smallest size when it can grow.</summary>
    public int Entries { get; init; } = 256;

    /// <summary>Entries up to which a context grows when its pages do not fit, a power of two; null for a fixed size.</summary>
    public int? Maximum { get; init; }

    /// <summary>Entries of the victim table of each context.</summary>
    public int Victims { get; init; } = 8;

    /// <summary>What a hart has when its topology says nothing.</summary>
    public static TlbDescription OfHart { get; } = new() { Maximum = 4096 };

    /// <summary>What a device has when its topology says nothing: most of what it touches it touches once.</summary>
    public static TlbDescription OfDevice { get; } = new() { Entries = 64 };
}
