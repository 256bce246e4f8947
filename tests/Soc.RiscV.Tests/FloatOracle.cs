using System.Numerics;
using Soc.RiscV.Floating;

namespace Soc.RiscV.Tests;

/// <summary>
/// IEEE 754 rounding by exhaustion of rationals: slow, exact, and written apart from the model. Numbers are fractions of big
/// integers; a result is found by counting units of the last place, once with and once without the limit of the exponent.
/// </summary>
internal static class FloatOracle
{
    /// <summary>The value of a finite number as numerator and power of two.</summary>
    public static (BigInteger Numerator, int Exponent) ValueOf(FloatFormat format, ulong bits)
    {
        int field = (int)((bits & ~format.SignBit) >> format.FractionBits);
        BigInteger fraction = bits & ((1UL << format.FractionBits) - 1);
        BigInteger significand = field == 0 ? fraction : fraction + (BigInteger.One << format.FractionBits);
        int exponent = Math.Max(field, 1) - format.Bias - format.FractionBits;
        return ((bits & format.SignBit) != 0 ? -significand : significand, exponent);
    }

    /// <summary>Rounds numerator / denominator, which is not zero.</summary>
    public static (ulong Bits, FloatFlags Flags) Round(FloatFormat format, BigInteger numerator, BigInteger denominator, RoundingMode mode)
    {
        bool negative = numerator.Sign < 0;
        BigInteger magnitude = BigInteger.Abs(numerator);
        int exponent = (int)(magnitude.GetBitLength() - denominator.GetBitLength());
        if (Compare(magnitude, denominator, exponent) < 0)
        {
            exponent--;
        }

        int smallest = 1 - format.Bias;
        int ulp = Math.Max(exponent, smallest) - format.FractionBits;
        (BigInteger units, bool exact) = Units(magnitude, denominator, ulp, negative, mode);
        (BigInteger unlimited, bool _) = Units(magnitude, denominator, exponent - format.FractionBits, negative, mode);
        bool tiny = Compare(unlimited, BigInteger.One, smallest - (exponent - format.FractionBits)) < 0;
        FloatFlags flags = exact ? FloatFlags.None : tiny ? FloatFlags.Inexact | FloatFlags.Underflow : FloatFlags.Inexact;

        BigInteger implicitBit = BigInteger.One << format.FractionBits;
        if (units == implicitBit << 1)
        {
            units >>= 1;
            ulp++;
        }

        if (ulp + format.FractionBits > format.Bias)
        {
            bool infinite = mode is RoundingMode.NearestEven or RoundingMode.NearestAway || mode == (negative ? RoundingMode.Down : RoundingMode.Up);
            ulong limit = infinite ? format.Infinity : format.Infinity - 1;
            return (format.Signed(negative, limit), FloatFlags.Overflow | FloatFlags.Inexact);
        }

        ulong bits = units < implicitBit ? (ulong)units : ((ulong)(ulp + format.FractionBits + format.Bias) << format.FractionBits) | (ulong)(units - implicitBit);
        return (format.Signed(negative, bits), flags);
    }

    /// <summary>An integer from numerator / denominator, rounded.</summary>
    public static (BigInteger Value, bool Exact) RoundToInteger(BigInteger numerator, BigInteger denominator, RoundingMode mode)
    {
        (BigInteger units, bool exact) = Units(BigInteger.Abs(numerator), denominator, 0, numerator.Sign < 0, mode);
        return (numerator.Sign < 0 ? -units : units, exact);
    }

    private static (BigInteger Units, bool Exact) Units(BigInteger numerator, BigInteger denominator, int ulp, bool negative, RoundingMode mode)
    {
        BigInteger scaled = ulp < 0 ? numerator << -ulp : numerator;
        BigInteger divisor = ulp > 0 ? denominator << ulp : denominator;
        BigInteger units = BigInteger.DivRem(scaled, divisor, out BigInteger rest);
        int half = (rest * 2).CompareTo(divisor);
        bool up = mode switch
        {
            RoundingMode.NearestEven => half > 0 || (half == 0 && !units.IsEven),
            RoundingMode.NearestAway => half >= 0,
            RoundingMode.Down => negative && !rest.IsZero,
            RoundingMode.Up => !negative && !rest.IsZero,
            _ => false,
        };
        return (up ? units + 1 : units, rest.IsZero);
    }

    /// <summary>Compares numerator / denominator with a power of two.</summary>
    private static int Compare(BigInteger numerator, BigInteger denominator, int power) => power >= 0
        ? numerator.CompareTo(denominator << power)
        : (numerator << -power).CompareTo(denominator);
}
