namespace Soc.Topology;

/// <summary>A loadable segment of an ELF executable (PT_LOAD).</summary>
/// <param name="PhysicalAddress">Where its first byte goes (p_paddr).</param>
/// <param name="FileOffset">Where its bytes are in the file.</param>
/// <param name="FileSize">Bytes in the file.</param>
/// <param name="MemorySize">Bytes in memory; what the file does not give is zero.</param>
/// <param name="Flags">p_flags: 1 execute, 2 write, 4 read.</param>
public readonly record struct ElfSegment(ulong PhysicalAddress, ulong FileOffset, ulong FileSize, ulong MemorySize, uint Flags);
