namespace Soc.Topology;

/// <summary>What a memory is made of.</summary>
public enum MemoryKind : byte
{
    /// <summary>Read and write.</summary>
    Ram,

    /// <summary>Stores are discarded; filled from an image.</summary>
    Rom,
}
