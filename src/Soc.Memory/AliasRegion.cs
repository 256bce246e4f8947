namespace Soc.Memory;

/// <summary>A window onto any other region, also onto another alias; it has no children.</summary>
public sealed class AliasRegion : MemoryRegion
{
    /// <summary>Creates the window.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="target">What the window shows.</param>
    /// <param name="targetOffset">Offset in <paramref name="target"/> of the window's first byte.</param>
    /// <param name="size">Bytes of the window; 0 stands for 2^64.</param>
    public AliasRegion(string name, MemoryRegion target, ulong targetOffset, ulong size)
        : base(name, size)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
        TargetOffset = targetOffset;
    }

    /// <summary>What the window shows.</summary>
    public MemoryRegion Target { get; }

    /// <summary>Offset in the target of the window's first byte; a change is visible at the next commit.</summary>
    public ulong TargetOffset { get; set; }

    /// <inheritdoc/>
    public override bool Terminates => false;

    /// <inheritdoc/>
    /// <exception cref="MemoryTreeException">Always: an alias has no children.</exception>
    public override void Add(ulong offset, MemoryRegion child, int priority = 0, bool mayOverlap = false) =>
        throw new MemoryTreeException($"alias '{Name}' cannot have children");
}
