using Soc.Memory;

namespace Soc.Topology;

/// <summary>A block of the system map: something that has a name and addresses, and what answers there.</summary>
/// <param name="Name">Name from the topology.</param>
/// <param name="Base">First address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Region">What answers: the thing itself, or the port of the checker in front of it.</param>
internal sealed record BusBlock(string Name, ulong Base, ulong Size, MemoryRegion Region);
