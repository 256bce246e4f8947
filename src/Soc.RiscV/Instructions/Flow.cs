namespace Soc.RiscV.Instructions;

/// <summary>How execution goes on behind a system instruction.</summary>
internal enum Flow
{
    /// <summary>At the next instruction.</summary>
    Next,

    /// <summary>At the next instruction, whose page and permissions must be looked up again.</summary>
    Refetch,

    /// <summary>Where the program counter says: a trap or a return from one.</summary>
    Redirect,
}
