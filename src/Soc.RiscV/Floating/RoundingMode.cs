namespace Soc.RiscV.Floating;

/// <summary>Rounding modes, encoded as in the rm field and in frm (unprivileged ISA, section "Floating-Point Control and Status Register").</summary>
internal enum RoundingMode : byte
{
    /// <summary>RNE: to nearest, ties to even.</summary>
    NearestEven = 0,

    /// <summary>RTZ: towards zero.</summary>
    TowardsZero = 1,

    /// <summary>RDN: towards minus infinity.</summary>
    Down = 2,

    /// <summary>RUP: towards plus infinity.</summary>
    Up = 3,

    /// <summary>RMM: to nearest, ties away from zero.</summary>
    NearestAway = 4,

    /// <summary>DYN in an instruction: take frm. The last value that is not reserved.</summary>
    Dynamic = 7,
}
