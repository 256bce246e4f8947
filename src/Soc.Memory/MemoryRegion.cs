namespace Soc.Memory;

/// <summary>
/// A node of the memory tree (softtlb.md section 1.1). Regions are plain data; what an initiator sees is the
/// <see cref="FlatView"/> of its address space, rendered when <see cref="MemoryTree.Commit"/> is called.
/// </summary>
public abstract class MemoryRegion
{
    private readonly List<MemoryRegion> _children = [];

    /// <summary>Creates a region.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="size">Bytes; 0 stands for 2^64.</param>
    protected MemoryRegion(string name, ulong size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        SizeMinusOne = unchecked(size - 1);
    }

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>Bytes minus one, so that a region of 2^64 bytes can be said (case MT11).</summary>
    public ulong SizeMinusOne { get; }

    /// <summary>Offset in the parent, bytes.</summary>
    public ulong Offset { get; private set; }

    /// <summary>Compared only between siblings; higher wins (softtlb.md section 1.2).</summary>
    public int Priority { get; private set; }

    /// <summary>A disabled region, with all below it, is not there.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Stores below this node are discarded; inherited by everything inside (case MT6).</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The container of this region, if any.</summary>
    public MemoryRegion? Parent { get; private set; }

    /// <summary>Children in descending priority; among equals the later insertion first.</summary>
    public IReadOnlyList<MemoryRegion> Children => _children;

    /// <summary>Whether an address that no child claims ends here (all but containers and aliases).</summary>
    public abstract bool Terminates { get; }

    private bool MayOverlap { get; set; }

    /// <summary>Adds a child.</summary>
    /// <param name="offset">Offset in this region, bytes.</param>
    /// <param name="child">A region without a parent.</param>
    /// <param name="priority">Higher wins among siblings.</param>
    /// <param name="mayOverlap">Allows an overlap with a sibling of equal priority; the later insertion then wins.</param>
    /// <exception cref="MemoryTreeException">The child has a parent, would close a cycle, does not fit into 64 bits, or
    /// overlaps a sibling of equal priority (case MT10).</exception>
    public virtual void Add(ulong offset, MemoryRegion child, int priority = 0, bool mayOverlap = false)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child.Parent is not null)
        {
            throw new MemoryTreeException($"region '{child.Name}' is already inside '{child.Parent.Name}'");
        }

        for (MemoryRegion? node = this; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, child))
            {
                throw new MemoryTreeException($"region '{child.Name}' cannot contain itself");
            }
        }

        ulong last = unchecked(offset + child.SizeMinusOne);
        if (last < offset)
        {
            throw new MemoryTreeException($"region '{child.Name}' at 0x{offset:x} does not fit into 64 address bits");
        }

        RefuseEqualPriorityOverlap(child, offset, last, priority, mayOverlap);
        child.Parent = this;
        child.Offset = offset;
        child.Priority = priority;
        child.MayOverlap = mayOverlap;
        Insert(child);
    }

    /// <summary>Takes a child out of this region.</summary>
    /// <exception cref="MemoryTreeException">It is not a child of this region.</exception>
    public void Remove(MemoryRegion child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (!_children.Remove(child))
        {
            throw new MemoryTreeException($"region '{child.Name}' is not inside '{Name}'");
        }

        child.Parent = null;
        child.Offset = 0;
    }

    /// <summary>Changes a child's priority.</summary>
    /// <exception cref="MemoryTreeException">It is not a child, or would overlap a sibling of equal priority.</exception>
    public void SetPriority(MemoryRegion child, int priority)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (!_children.Contains(child))
        {
            throw new MemoryTreeException($"region '{child.Name}' is not inside '{Name}'");
        }

        RefuseEqualPriorityOverlap(child, child.Offset, child.Offset + child.SizeMinusOne, priority, child.MayOverlap);
        _children.Remove(child);
        child.Priority = priority;
        Insert(child);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({GetType().Name}, size-1 0x{SizeMinusOne:x})";

    private void Insert(MemoryRegion child)
    {
        int at = _children.FindIndex(sibling => sibling.Priority <= child.Priority);
        _children.Insert(at < 0 ? _children.Count : at, child);
    }

    private void RefuseEqualPriorityOverlap(MemoryRegion child, ulong first, ulong last, int priority, bool mayOverlap)
    {
        if (mayOverlap)
        {
            return;
        }

        foreach (MemoryRegion sibling in _children)
        {
            if (!ReferenceEquals(sibling, child) && sibling.Priority == priority && !sibling.MayOverlap &&
                first <= sibling.Offset + sibling.SizeMinusOne && sibling.Offset <= last)
            {
                throw new MemoryTreeException(
                    $"regions '{child.Name}' and '{sibling.Name}' overlap in '{Name}' with equal priority {priority}; " +
                    "give one of them another priority, or allow the overlap");
            }
        }
    }
}
