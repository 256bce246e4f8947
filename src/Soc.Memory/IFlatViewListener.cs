namespace Soc.Memory;

/// <summary>Holds sections of an address space, so must drop them when its flat view changes (softtlb.md section 5.1).</summary>
public interface IFlatViewListener
{
    /// <summary>The space shows a new view; called on the committing thread.</summary>
    void OnFlatViewChanged(AddressSpace space);
}
