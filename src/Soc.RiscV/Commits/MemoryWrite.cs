namespace Soc.RiscV.Commits;

/// <summary>Memory that an instruction has written.</summary>
/// <param name="Address">Virtual address of the first byte.</param>
/// <param name="Value">The value.</param>
/// <param name="Size">Bytes, 1..8.</param>
public readonly record struct MemoryWrite(ulong Address, ulong Value, int Size);
