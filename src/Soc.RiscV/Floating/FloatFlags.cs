namespace Soc.RiscV.Floating;

/// <summary>Accrued exceptions, encoded as in fflags.</summary>
[Flags]
internal enum FloatFlags : byte
{
    /// <summary>Nothing happened.</summary>
    None = 0,

    /// <summary>NX: the result was rounded.</summary>
    Inexact = 1,

    /// <summary>UF: the result was rounded, and tiny after rounding.</summary>
    Underflow = 2,

    /// <summary>OF: the rounded result exceeds the format.</summary>
    Overflow = 4,

    /// <summary>DZ: finite by zero.</summary>
    DivideByZero = 8,

    /// <summary>NV: the operation has no useful result.</summary>
    Invalid = 16,
}
