namespace Soc.Memory;

/// <summary>Who wants to know about stores to a page (softtlb.md section 3.4, step 7).</summary>
[Flags]
public enum DirtyClients : byte
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>A display that redraws what changed.</summary>
    Display = 1,

    /// <summary>Decoded or translated code of the page.</summary>
    Code = 2,

    /// <summary>Incremental copies: snapshots of a run.</summary>
    Migration = 4,

    /// <summary>All three.</summary>
    All = Display | Code | Migration,
}
