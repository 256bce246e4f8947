namespace Soc.Memory;

/// <summary>Every access is a call of a passive device.</summary>
/// <param name="name">Name for people.</param>
/// <param name="size">Bytes; 0 stands for 2^64.</param>
/// <param name="device">The device.</param>
public sealed class MmioRegion(string name, ulong size, IBusDevice device) : MemoryRegion(name, size)
{
    /// <summary>The device.</summary>
    public IBusDevice Device { get; } = device;

    /// <inheritdoc/>
    public override bool Terminates => true;
}
