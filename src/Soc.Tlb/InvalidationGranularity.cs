namespace Soc.Tlb;

/// <summary>How much an invalidation of a checker takes away (softtlb.md sections 5.1 and 5.5).</summary>
public enum InvalidationGranularity : byte
{
    /// <summary>Affected kinds of affected pages are put back to "not translated yet"; page walks stay (rule M3).</summary>
    Rearm,

    /// <summary>Entries with an affected kind are emptied.</summary>
    FlushPage,

    /// <summary>Everything in every context is emptied, whatever the scope says (QEMU).</summary>
    FlushAll,
}
