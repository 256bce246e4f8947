namespace Soc.Topology;

/// <summary>What a virtio device does.</summary>
public enum VirtioKind : byte
{
    /// <summary>A disk.</summary>
    Block,

    /// <summary>A network card, connected with a peer in the same process.</summary>
    Network,

    /// <summary>A console, which shares the user's terminal.</summary>
    Console,

    /// <summary>A source of random numbers that the seed determines.</summary>
    Rng,
}
