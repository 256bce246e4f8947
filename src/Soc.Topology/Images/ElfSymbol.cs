namespace Soc.Topology;

/// <summary>A named place in an executable or kernel.</summary>
/// <param name="Name">The name.</param>
/// <param name="Address">Its address (st_value), where the executable lies.</param>
/// <param name="Size">Bytes that carry its name.</param>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size);
