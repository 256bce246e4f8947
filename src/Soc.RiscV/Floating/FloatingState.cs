namespace Soc.RiscV.Floating;

/// <summary>What operations read and write beside their operands: fcsr, and the rounding mode of the instruction in flight.</summary>
internal sealed class FloatingState
{
    /// <summary>fflags.</summary>
    public FloatFlags Flags;

    /// <summary>frm, all eight values: reserved ones can be written, and trap when used.</summary>
    public RoundingMode Frm;

    /// <summary>The rounding mode of the instruction in flight; above <see cref="RoundingMode.NearestAway"/> it is reserved.</summary>
    public RoundingMode Mode;

    /// <summary>fcsr.</summary>
    public ulong ControlAndStatus
    {
        get => ((ulong)Frm << 5) | (ulong)Flags;
        set
        {
            Frm = (RoundingMode)((value >> 5) & 7);
            Flags = (FloatFlags)(value & 31);
        }
    }

    /// <summary>Whether round-to-nearest can be left to the host as soon as the result is known to be unexceptional: inexactness need not be found out.</summary>
    public bool IsInexactNearest => Mode == RoundingMode.NearestEven && (Flags & FloatFlags.Inexact) != 0;

    /// <summary>Raises flags.</summary>
    public void Raise(FloatFlags flags) => Flags |= flags;
}
