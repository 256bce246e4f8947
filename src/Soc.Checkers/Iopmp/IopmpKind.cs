namespace Soc.Checkers.Iopmp;

/// <summary>What an IOPMP transaction does (iopmp.md section 1).</summary>
public enum IopmpKind : byte
{
    /// <summary>Data read.</summary>
    Read,

    /// <summary>Data write.</summary>
    Write,

    /// <summary>Instruction fetch.</summary>
    Fetch,

    /// <summary>One atomic read-modify-write bus request; reported as a write.</summary>
    AtomicUpdate,
}
