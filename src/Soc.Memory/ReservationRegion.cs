namespace Soc.Memory;

/// <summary>Claims space without backing: accesses are decode errors, and what lies below does not show through.</summary>
/// <param name="name">Name for people.</param>
/// <param name="size">Bytes; 0 stands for 2^64.</param>
public sealed class ReservationRegion(string name, ulong size) : MemoryRegion(name, size)
{
    /// <summary>What the holes of a flat view resolve to.</summary>
    internal static ReservationRegion Unassigned { get; } = new("unassigned", 0);

    /// <inheritdoc/>
    public override bool Terminates => true;
}
