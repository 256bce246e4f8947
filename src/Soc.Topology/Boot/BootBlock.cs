namespace Soc.Topology.Boot;

/// <summary>Bytes that lie in memory before the first instruction.</summary>
/// <param name="Name">What they are, for messages.</param>
/// <param name="Address">First address.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Reserved">Bytes that nothing else may take, the bytes included.</param>
public readonly record struct BootBlock(string Name, ulong Address, ReadOnlyMemory<byte> Bytes, ulong Reserved)
{
    /// <summary>First address behind the block.</summary>
    public ulong End => Address + Math.Max(Reserved, (ulong)Bytes.Length);
}
