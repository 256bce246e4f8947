namespace Soc.Memory;

/// <summary>A set of access kinds: permissions of a page or the validity of a translation's answer.</summary>
[Flags]
public enum AccessKinds : byte
{
    /// <summary>No kind at all.</summary>
    None = 0,

    /// <summary>Data reads.</summary>
    Load = 1 << AccessKind.Load,

    /// <summary>Data writes.</summary>
    Store = 1 << AccessKind.Store,

    /// <summary>Instruction reads.</summary>
    Fetch = 1 << AccessKind.Fetch,

    /// <summary>Reads of both sorts, for filters that know only read and write.</summary>
    Reads = Load | Fetch,

    /// <summary>Every kind.</summary>
    All = Load | Store | Fetch,
}
