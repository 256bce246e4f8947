using System.Numerics;

namespace Soc.RiscV.Floating;

/// <content>Conversions, comparisons, minimum and maximum, classification.</content>
internal static partial class SoftFloat
{
    /// <summary>To an integer; what does not fit becomes the nearest one that does, a NaN the largest.</summary>
    /// <param name="format">Format of the number.</param>
    /// <param name="a">The number.</param>
    /// <param name="bits">Bits of the integer, 32 or 64.</param>
    /// <param name="signed">Whether the integer has a sign.</param>
    /// <param name="state">Rounding mode and flags.</param>
    /// <returns>The integer; one of 32 bits is sign-extended, an unsigned one too.</returns>
    public static ulong ToInteger(FloatFormat format, ulong a, int bits, bool signed, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        ulong largest = ulong.MaxValue >> (64 - bits + (signed ? 1 : 0));
        if (x.Kind == UnpackedKind.Zero)
        {
            return 0;
        }

        ulong magnitude = 0;
        ulong rest = 0;
        bool fits = x.Kind == UnpackedKind.Finite && x.Exponent < 64;
        if (fits)
        {
            UInt128 value = ShiftRight((UInt128)x.Significand << 64, 63 - x.Exponent);
            magnitude = (ulong)(value >> 64);
            rest = (ulong)value;
            magnitude += RoundsUp(state.Mode, x.Negative, (magnitude & 1) != 0, rest, 64) ? 1UL : 0UL;
            fits = magnitude <= (!x.Negative ? largest : signed ? largest + 1 : 0);
        }

        if (!fits)
        {
            state.Raise(FloatFlags.Invalid);
            magnitude = !x.Negative || x.IsNaN ? largest : signed ? largest + 1 : 0;
        }
        else if (rest != 0)
        {
            state.Raise(FloatFlags.Inexact);
        }

        ulong result = x.Negative && !x.IsNaN ? 0 - magnitude : magnitude;
        return bits == 32 ? (ulong)(int)result : result;
    }

    /// <summary>From a signed integer.</summary>
    public static ulong FromSigned(FloatFormat format, long value, FloatingState state) =>
        FromMagnitude(format, value < 0, value < 0 ? 0 - (ulong)value : (ulong)value, state);

    /// <summary>From an unsigned integer.</summary>
    public static ulong FromUnsigned(FloatFormat format, ulong value, FloatingState state) => FromMagnitude(format, false, value, state);

    /// <summary>From one format to another.</summary>
    public static ulong Convert(FloatFormat from, FloatFormat to, ulong a, FloatingState state)
    {
        Unpacked x = Unpacked.From(from, a);
        return x.Kind switch
        {
            UnpackedKind.Zero => to.Signed(x.Negative, 0),
            UnpackedKind.Infinite => to.Signed(x.Negative, to.Infinity),
            UnpackedKind.Finite => Round(to, x.Negative, x.Exponent, x.Significand, state),
            _ => NaN(to, state, x.Kind == UnpackedKind.SignalingNaN),
        };
    }

    /// <summary>minimumNumber or maximumNumber (IEEE 754-2019, section 9.6): a number beats a NaN, and -0 is less than +0.</summary>
    public static ulong Extreme(FloatFormat format, ulong a, ulong b, bool maximum, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        state.Raise(x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN ? FloatFlags.Invalid : FloatFlags.None);
        if (x.IsNaN || y.IsNaN)
        {
            return !y.IsNaN ? b : !x.IsNaN ? a : format.CanonicalNaN;
        }

        bool less = Order(format, a) < Order(format, b);
        return less != maximum ? a : b;
    }

    /// <summary>a == b; quiet.</summary>
    public static bool Equal(FloatFormat format, ulong a, ulong b, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        state.Raise(x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN ? FloatFlags.Invalid : FloatFlags.None);
        return !x.IsNaN && !y.IsNaN && (a == b || (x.Kind == UnpackedKind.Zero && y.Kind == UnpackedKind.Zero));
    }

    /// <summary>a &lt; b, or a &lt;= b; any NaN is invalid.</summary>
    public static bool Less(FloatFormat format, ulong a, ulong b, bool orEqual, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        if (x.IsNaN || y.IsNaN)
        {
            state.Raise(FloatFlags.Invalid);
            return false;
        }

        return a == b || (x.Kind == UnpackedKind.Zero && y.Kind == UnpackedKind.Zero) ? orEqual : Order(format, a) < Order(format, b);
    }

    /// <summary>The bit that FCLASS sets.</summary>
    public static ulong Classify(FloatFormat format, ulong a)
    {
        Unpacked x = Unpacked.From(format, a);
        bool subnormal = ((a >> format.FractionBits) & (ulong)format.SpecialExponent) == 0;
        int distance = x.Kind switch
        {
            UnpackedKind.Zero => 0,
            UnpackedKind.Finite => subnormal ? 1 : 2,
            UnpackedKind.Infinite => 3,
            _ => -1,
        };
        return distance >= 0 ? 1UL << (x.Negative ? 3 - distance : 4 + distance)
            : x.Kind == UnpackedKind.SignalingNaN ? 1UL << 8 : 1UL << 9;
    }

    private static ulong FromMagnitude(FloatFormat format, bool negative, ulong magnitude, FloatingState state)
    {
        if (magnitude == 0)
        {
            return 0;
        }

        int zeros = BitOperations.LeadingZeroCount(magnitude);
        return Round(format, negative, 63 - zeros, magnitude << zeros, state);
    }

    /// <summary>A key that orders the numbers of a format, -0 before +0.</summary>
    private static long Order(FloatFormat format, ulong a) =>
        (a & format.SignBit) != 0 ? -1 - (long)(a & ~format.SignBit) : (long)a;
}
