namespace Soc.Topology;

/// <summary>What a finished register write of a checker promises about other initiators (design.md section 3).</summary>
public enum GuaranteeLevel : byte
{
    /// <summary>The write is done at once; stale translations vanish some time later.</summary>
    Eventual,

    /// <summary>The write is done when every initiator has acknowledged the invalidation.</summary>
    Acknowledged,

    /// <summary>
    /// Each hit compares the checker's snapshot: there are no stale translations at all, so the write is done at once.
    /// </summary>
    Strict,
}
