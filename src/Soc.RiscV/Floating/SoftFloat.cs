using System.Numerics;

namespace Soc.RiscV.Floating;

/// <summary>
/// IEEE 754-2019 arithmetic in integers, for any format of at most 53 bits: the exact result, then one rounding. Tininess is
/// detected after rounding and NaN results are canonical, as RISC-V has it (unprivileged ISA, chapter "F").
/// </summary>
internal static partial class SoftFloat
{
    // Sums are made of numbers sig * 2^(exponent - 125): room for a carry above products of two significands.
    private const int WidePoint = 125;

    /// <summary>a + b.</summary>
    public static ulong Add(FloatFormat format, ulong a, ulong b, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        if (x.IsNaN || y.IsNaN)
        {
            return NaN(format, state, x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN);
        }

        if (x.Kind == UnpackedKind.Infinite || y.Kind == UnpackedKind.Infinite)
        {
            return x.Kind == y.Kind && x.Negative != y.Negative ? NaN(format, state, true) : x.Kind == UnpackedKind.Infinite ? a : b;
        }

        if (x.Kind == UnpackedKind.Zero || y.Kind == UnpackedKind.Zero)
        {
            return x.Kind != y.Kind ? (x.Kind == UnpackedKind.Zero ? b : a)
                : x.Negative == y.Negative ? a
                : ExactZero(format, state);
        }

        return Sum(format, x.Negative, x.Exponent, (UInt128)x.Significand << 62, y.Negative, y.Exponent, (UInt128)y.Significand << 62, state);
    }

    /// <summary>a * b.</summary>
    public static ulong Multiply(FloatFormat format, ulong a, ulong b, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        if (x.IsNaN || y.IsNaN)
        {
            return NaN(format, state, x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN);
        }

        bool negative = x.Negative != y.Negative;
        if (x.Kind == UnpackedKind.Infinite || y.Kind == UnpackedKind.Infinite)
        {
            return x.Kind == UnpackedKind.Zero || y.Kind == UnpackedKind.Zero ? NaN(format, state, true) : format.Signed(negative, format.Infinity);
        }

        return x.Kind == UnpackedKind.Zero || y.Kind == UnpackedKind.Zero
            ? format.Signed(negative, 0)
            : RoundWide(format, negative, x.Exponent + y.Exponent, (UInt128)x.Significand * y.Significand >> 1, state);
    }

    /// <summary>a * b + c with one rounding.</summary>
    public static ulong MultiplyAdd(FloatFormat format, ulong a, ulong b, ulong c, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        Unpacked z = Unpacked.From(format, c);
        bool invalid = (x.Kind == UnpackedKind.Infinite && y.Kind == UnpackedKind.Zero) || (x.Kind == UnpackedKind.Zero && y.Kind == UnpackedKind.Infinite);
        if (invalid || x.IsNaN || y.IsNaN || z.IsNaN)
        {
            // Infinity times zero is invalid whatever is added, a quiet NaN included.
            return NaN(format, state, invalid || x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN || z.Kind == UnpackedKind.SignalingNaN);
        }

        bool negative = x.Negative != y.Negative;
        if (x.Kind == UnpackedKind.Infinite || y.Kind == UnpackedKind.Infinite)
        {
            return z.Kind == UnpackedKind.Infinite && z.Negative != negative ? NaN(format, state, true) : format.Signed(negative, format.Infinity);
        }

        if (z.Kind == UnpackedKind.Infinite)
        {
            return c;
        }

        if (x.Kind == UnpackedKind.Zero || y.Kind == UnpackedKind.Zero)
        {
            return z.Kind != UnpackedKind.Zero || z.Negative == negative ? c : ExactZero(format, state);
        }

        UInt128 product = (UInt128)x.Significand * y.Significand >> 1;
        int exponent = x.Exponent + y.Exponent;
        return z.Kind == UnpackedKind.Zero
            ? RoundWide(format, negative, exponent, product, state)
            : Sum(format, negative, exponent, product, z.Negative, z.Exponent, (UInt128)z.Significand << 62, state);
    }

    /// <summary>a / b.</summary>
    public static ulong Divide(FloatFormat format, ulong a, ulong b, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        Unpacked y = Unpacked.From(format, b);
        if (x.IsNaN || y.IsNaN)
        {
            return NaN(format, state, x.Kind == UnpackedKind.SignalingNaN || y.Kind == UnpackedKind.SignalingNaN);
        }

        bool negative = x.Negative != y.Negative;
        if (x.Kind == y.Kind && x.Kind != UnpackedKind.Finite)
        {
            return NaN(format, state, true);
        }

        if (x.Kind == UnpackedKind.Infinite || y.Kind == UnpackedKind.Zero)
        {
            state.Raise(x.Kind == UnpackedKind.Infinite ? FloatFlags.None : FloatFlags.DivideByZero);
            return format.Signed(negative, format.Infinity);
        }

        if (x.Kind == UnpackedKind.Zero || y.Kind == UnpackedKind.Infinite)
        {
            return format.Signed(negative, 0);
        }

        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem((UInt128)x.Significand << 63, y.Significand);
        ulong significand = (ulong)quotient | (remainder == 0 ? 0UL : 1UL);
        int zeros = BitOperations.LeadingZeroCount(significand);
        return Round(format, negative, x.Exponent - y.Exponent - zeros, significand << zeros, state);
    }

    /// <summary>The square root of a.</summary>
    public static ulong SquareRoot(FloatFormat format, ulong a, FloatingState state)
    {
        Unpacked x = Unpacked.From(format, a);
        if (x.IsNaN || (x.Negative && x.Kind != UnpackedKind.Zero))
        {
            return NaN(format, state, x.Kind != UnpackedKind.QuietNaN);
        }

        if (x.Kind != UnpackedKind.Finite)
        {
            return a;
        }

        // An even exponent can be halved; the root of a number of 127 or 128 bits has 64.
        UInt128 square = (UInt128)x.Significand << ((x.Exponent & 1) == 0 ? 63 : 64);
        UInt128 root = (ulong)Math.Min(Math.Sqrt((double)square), ulong.MaxValue - 4095);
        root = (root + (square / root)) >> 1;
        while (root * root > square)
        {
            root--;
        }

        while ((root + 1) * (root + 1) <= square)
        {
            root++;
        }

        return Round(format, false, x.Exponent >> 1, (ulong)root | (root * root == square ? 0UL : 1UL), state);
    }

    /// <summary>The canonical NaN.</summary>
    private static ulong NaN(FloatFormat format, FloatingState state, bool invalid)
    {
        state.Raise(invalid ? FloatFlags.Invalid : FloatFlags.None);
        return format.CanonicalNaN;
    }

    /// <summary>The sum of numbers of opposite signs and the same magnitude (IEEE 754-2019, section 6.3).</summary>
    private static ulong ExactZero(FloatFormat format, FloatingState state) => format.Signed(state.Mode == RoundingMode.Down, 0);

    private static ulong Sum(FloatFormat format, bool negativeA, int exponentA, UInt128 a, bool negativeB, int exponentB, UInt128 b, FloatingState state)
    {
        // Where cancellation can be deep the exponents are close, and the shift loses nothing: at least 21 low bits are zero.
        int exponent = Math.Max(exponentA, exponentB);
        a = ShiftRight(a, exponent - exponentA);
        b = ShiftRight(b, exponent - exponentB);
        if (negativeA == negativeB)
        {
            return RoundWide(format, negativeA, exponent, a + b, state);
        }

        return a == b ? ExactZero(format, state)
            : a > b ? RoundWide(format, negativeA, exponent, a - b, state)
            : RoundWide(format, negativeB, exponent, b - a, state);
    }

    /// <summary>Shifts; what falls off stays as a one in the lowest bit.</summary>
    private static UInt128 ShiftRight(UInt128 value, int count)
    {
        if (count == 0)
        {
            return value;
        }

        if (count > 127)
        {
            return 1;
        }

        UInt128 shifted = value >> count;
        return shifted << count == value ? shifted : shifted | 1;
    }

    private static ulong ShiftRight(ulong value, int count)
    {
        if (count > 63)
        {
            return 1;
        }

        ulong shifted = value >> count;
        return shifted << count == value ? shifted : shifted | 1;
    }

    private static ulong RoundWide(FloatFormat format, bool negative, int exponent, UInt128 value, FloatingState state)
    {
        int zeros = (int)UInt128.LeadingZeroCount(value);
        value <<= zeros;
        return Round(format, negative, exponent + 127 - WidePoint - zeros, (ulong)(value >> 64) | ((ulong)value == 0 ? 0UL : 1UL), state);
    }

    /// <summary>Rounds <c>significand * 2^(exponent - 63)</c>, whose lowest bit stands for everything below it.</summary>
    private static ulong Round(FloatFormat format, bool negative, int exponent, ulong significand, FloatingState state)
    {
        int below = 64 - format.Precision;
        int field = exponent + format.Bias;
        if (field >= format.SpecialExponent)
        {
            return Overflow(format, negative, state);
        }

        bool tiny = false;
        if (field <= 0)
        {
            // Tiny after rounding: with an unbounded exponent, rounding would not reach the smallest normal number.
            ulong ones = ulong.MaxValue >> below << below;
            tiny = field < 0 || significand < ones || !RoundsUp(state.Mode, negative, true, significand & ~ones, below);
            significand = ShiftRight(significand, 1 - field);
            field = 1;
        }

        ulong kept = significand >> below;
        ulong rest = significand & ((1UL << below) - 1);
        if (rest != 0)
        {
            state.Raise(tiny ? FloatFlags.Inexact | FloatFlags.Underflow : FloatFlags.Inexact);
            kept += RoundsUp(state.Mode, negative, (kept & 1) != 0, rest, below) ? 1UL : 0UL;
        }

        // The implicit bit, and the carry of rounding, add themselves to the exponent field.
        ulong magnitude = ((ulong)(field - 1) << format.FractionBits) + kept;
        return magnitude >= format.Infinity ? Overflow(format, negative, state) : format.Signed(negative, magnitude);
    }

    private static bool RoundsUp(RoundingMode mode, bool negative, bool odd, ulong rest, int bits)
    {
        ulong half = 1UL << (bits - 1);
        return mode switch
        {
            RoundingMode.NearestEven => rest > half || (rest == half && odd),
            RoundingMode.NearestAway => rest >= half,
            RoundingMode.Down => negative && rest != 0,
            RoundingMode.Up => !negative && rest != 0,
            _ => false,
        };
    }

    private static ulong Overflow(FloatFormat format, bool negative, FloatingState state)
    {
        state.Raise(FloatFlags.Overflow | FloatFlags.Inexact);
        bool largest = state.Mode == RoundingMode.TowardsZero || (state.Mode == RoundingMode.Down && !negative) || (state.Mode == RoundingMode.Up && negative);
        return format.Signed(negative, largest ? format.Infinity - 1 : format.Infinity);
    }
}
