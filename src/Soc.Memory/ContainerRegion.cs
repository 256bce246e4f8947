namespace Soc.Memory;

/// <summary>No behaviour of its own; addresses that no child claims are holes.</summary>
/// <param name="name">Name for people.</param>
/// <param name="size">Bytes; 0 stands for 2^64.</param>
public sealed class ContainerRegion(string name, ulong size = 0) : MemoryRegion(name, size)
{
    /// <inheritdoc/>
    public override bool Terminates => false;
}
