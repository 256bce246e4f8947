namespace Soc.RiscV;

/// <summary>
/// What a hart has beyond RV64IMAC with Zicsr, Zifencei and Zicntr, modes M, S and U, Sv39 and 16 PMP entries. Names are those
/// of ISA strings; instructions and CSRs of an extension that a hart lacks are illegal there.
/// </summary>
[Flags]
public enum Extensions : ulong
{
    /// <summary>The base alone.</summary>
    None = 0,

    /// <summary>Single-precision floating point; the floating-point CSRs and mstatus.FS.</summary>
    F = 1UL << 0,

    /// <summary>Double-precision floating point, with the compressed loads and stores (Zcd). Needs <see cref="F"/>.</summary>
    D = 1UL << 1,

    /// <summary>Everything that this version can do.</summary>
    All = (1UL << 2) - 1,
}
