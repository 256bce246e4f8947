using System.Numerics;

namespace Soc.RiscV.Floating;

/// <summary>
/// A floating-point datum in parts. A finite number is <c>Significand * 2^(Exponent - 63)</c> with the highest bit of the
/// significand set, subnormal numbers included.
/// </summary>
internal readonly struct Unpacked
{
    private Unpacked(UnpackedKind kind, bool negative, int exponent, ulong significand)
    {
        Kind = kind;
        Negative = negative;
        Exponent = exponent;
        Significand = significand;
    }

    /// <summary>What it is.</summary>
    public UnpackedKind Kind { get; }

    /// <summary>The sign.</summary>
    public bool Negative { get; }

    /// <summary>Exponent of the leading bit.</summary>
    public int Exponent { get; }

    /// <summary>Significand, leading bit at bit 63.</summary>
    public ulong Significand { get; }

    /// <summary>Whether it is a NaN of either kind.</summary>
    public bool IsNaN => Kind >= UnpackedKind.QuietNaN;

    /// <summary>Takes an encoding apart.</summary>
    public static Unpacked From(FloatFormat format, ulong bits)
    {
        bool negative = (bits & format.SignBit) != 0;
        int field = (int)(bits >> format.FractionBits) & format.SpecialExponent;
        ulong fraction = bits & ((1UL << format.FractionBits) - 1);
        if (field == format.SpecialExponent)
        {
            UnpackedKind kind = fraction == 0 ? UnpackedKind.Infinite
                : (fraction >> (format.FractionBits - 1)) != 0 ? UnpackedKind.QuietNaN
                : UnpackedKind.SignalingNaN;
            return new Unpacked(kind, negative, 0, 0);
        }

        if (field != 0)
        {
            return new Unpacked(UnpackedKind.Finite, negative, field - format.Bias, (1UL << 63) | (fraction << (64 - format.Precision)));
        }

        if (fraction == 0)
        {
            return new Unpacked(UnpackedKind.Zero, negative, 0, 0);
        }

        int zeros = BitOperations.LeadingZeroCount(fraction);
        return new Unpacked(UnpackedKind.Finite, negative, 1 - format.Bias + 64 - format.Precision - zeros, fraction << zeros);
    }
}
