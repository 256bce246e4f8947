namespace Soc.Topology;

/// <summary>A named place in an ELF executable.</summary>
/// <param name="Name">The name.</param>
/// <param name="Address">Its address (st_value).</param>
/// <param name="Size">Bytes; 0 = unknown.</param>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size);
