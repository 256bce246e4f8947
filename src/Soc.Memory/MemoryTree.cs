namespace Soc.Memory;

/// <summary>
/// All address spaces of one SoC. Changes of regions become visible together when <see cref="Commit"/> is called: one
/// render and at most one notification per address space (case MT13).
/// </summary>
public sealed class MemoryTree
{
    private readonly List<AddressSpace> _spaces = [];

    /// <summary>How many renders commits have made, over all address spaces.</summary>
    public long Renders { get; private set; }

    /// <summary>Creates an address space and renders it.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="root">The root of the tree that this space shows; several spaces may share regions through aliases.</param>
    public AddressSpace CreateSpace(string name, MemoryRegion root)
    {
        var space = new AddressSpace(name, root);
        _spaces.Add(space);
        return space;
    }

    /// <summary>Renders every address space again and notifies the listeners of those that changed.</summary>
    public void Commit()
    {
        foreach (AddressSpace space in _spaces)
        {
            Renders++;
            space.Refresh();
        }
    }
}
