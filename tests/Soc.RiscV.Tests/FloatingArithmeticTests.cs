using System.Numerics;
using CsCheck;
using Soc.RiscV.Floating;

namespace Soc.RiscV.Tests;

/// <summary>The arithmetic of F and D against exact rationals, with every rounding mode, and with the inexact flag up before as well as down.</summary>
public class FloatingArithmeticTests
{
    private const ulong MinusZero = 1UL << 63;
    private const ulong QuietNaN = 0x7FF8_0000_0000_0000;

    private static readonly Gen<ulong> s_doubles = Numbers(FloatFormat.Double);
    private static readonly Gen<ulong> s_singles = Numbers(FloatFormat.Single);
    private static readonly Gen<ulong> s_halves = Numbers(FloatFormat.Half);
    private static readonly Gen<RoundingMode> s_modes = Gen.Int[0, 4].Select(mode => (RoundingMode)mode);
    private static readonly FloatFlags[] s_before = [FloatFlags.None, FloatFlags.Inexact];

    [Fact]
    public void Sums_are_exact_to_the_rounding()
    {
        Gen.Select(s_doubles, s_doubles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Double, mode, Sum(FloatFormat.Double, a, b), s => Binary64.Add(a, b, s)), iter: 20_000);
        Gen.Select(s_singles, s_singles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Single, mode, Sum(FloatFormat.Single, a, b), s => Binary32.Add(Box(a), Box(b), s)), iter: 20_000);
    }

    [Fact]
    public void Differences_are_sums_with_the_other_sign()
    {
        Gen.Select(s_doubles, s_doubles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Double, mode, Sum(FloatFormat.Double, a, b ^ (1UL << 63)), s => Binary64.Subtract(a, b, s)), iter: 5_000);
        Gen.Select(s_singles, s_singles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Single, mode, Sum(FloatFormat.Single, a, b ^ (1UL << 31)), s => Binary32.Subtract(Box(a), Box(b), s)), iter: 5_000);
    }

    [Fact]
    public void Products_are_exact_to_the_rounding()
    {
        Gen.Select(s_doubles, s_doubles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Double, mode, Product(FloatFormat.Double, a, b), s => Binary64.Multiply(a, b, s)), iter: 20_000);
        Gen.Select(s_singles, s_singles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Single, mode, Product(FloatFormat.Single, a, b), s => Binary32.Multiply(Box(a), Box(b), s)), iter: 20_000);
    }

    [Fact]
    public void Quotients_are_exact_to_the_rounding()
    {
        Gen.Select(s_doubles, s_doubles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Double, mode, Quotient(FloatFormat.Double, a, b), s => Binary64.Divide(a, b, s)), iter: 20_000);
        Gen.Select(s_singles, s_singles, s_modes).Sample((a, b, mode) => Check(FloatFormat.Single, mode, Quotient(FloatFormat.Single, a, b), s => Binary32.Divide(Box(a), Box(b), s)), iter: 20_000);
    }

    [Fact]
    public void Fused_products_and_sums_are_rounded_once()
    {
        Gen.Select(s_doubles, s_doubles, s_doubles, s_modes).Sample(
            (a, b, c, mode) => Check(FloatFormat.Double, mode, Fused(FloatFormat.Double, a, b, c), s => Binary64.MultiplyAdd(a, b, c, s)), iter: 30_000);
        Gen.Select(s_singles, s_singles, s_singles, s_modes).Sample(
            (a, b, c, mode) => Check(FloatFormat.Single, mode, Fused(FloatFormat.Single, a, b, c), s => Binary32.MultiplyAdd(Box(a), Box(b), Box(c), false, false, s)), iter: 30_000);
    }

    [Fact]
    public void A_fused_sum_that_nearly_cancels_keeps_what_is_left() =>
        Gen.Select(s_doubles, s_doubles, Gen.Int[-3, 3], s_modes).Sample(
            (a, b, off, mode) =>
            {
                FloatingState nearest = new();
                ulong product = SoftFloat.Multiply(FloatFormat.Double, a, b, nearest);
                ulong magnitude = product & long.MaxValue;
                if (magnitude is < 8 or >= 0x7FEF_FFFF_FFFF_FFF0)
                {
                    return;
                }

                ulong c = Binary64.Negate(product) + (ulong)off;
                Check(FloatFormat.Double, mode, Fused(FloatFormat.Double, a, b, c), s => Binary64.MultiplyAdd(a, b, c, s));
            },
            iter: 20_000);

    [Fact]
    public void Half_precision_is_exact_to_the_rounding()
    {
        FloatFormat half = FloatFormat.Half;
        Gen.Select(s_halves, s_halves, s_halves, s_modes).Sample(
            (a, b, c, mode) =>
            {
                (ulong x, ulong y, ulong z) = (Binary16.Box(a), Binary16.Box(b), Binary16.Box(c));
                Check(half, mode, Sum(half, a, b), s => Binary16.Add(x, y, s));
                Check(half, mode, Sum(half, a, b ^ half.SignBit), s => Binary16.Subtract(x, y, s));
                Check(half, mode, Product(half, a, b), s => Binary16.Multiply(x, y, s));
                Check(half, mode, Quotient(half, a, b), s => Binary16.Divide(x, y, s));
                Check(half, mode, Fused(half, a, b, c), s => Binary16.MultiplyAdd(x, y, z, false, false, s));
                Check(half, mode, Fused(half, a ^ half.SignBit, b, c ^ half.SignBit), s => Binary16.MultiplyAdd(x, y, z, true, true, s));
                CheckRoot(half, a, mode, s => Binary16.SquareRoot(x, s));
                Check(FloatFormat.Single, mode, Widened(half, a), s => Binary16.ToSingle(x, s));
                Check(FloatFormat.Double, mode, Widened(half, a), s => Binary16.ToDouble(x, s));
                foreach (int bits in (int[])[32, 64])
                {
                    CheckInteger(half, a, mode, bits, true, s => Binary16.ToInteger(x, bits, true, s));
                    CheckInteger(half, a, mode, bits, false, s => Binary16.ToInteger(x, bits, false, s));
                }
            },
            iter: 20_000);
        Gen.Select(s_doubles, s_singles, Gen.ULong, Gen.Int[0, 63], s_modes).Sample(
            (a, b, raw, shift, mode) =>
            {
                Check(half, mode, Widened(FloatFormat.Double, a), s => Binary16.FromDouble(a, s));
                Check(half, mode, Widened(FloatFormat.Single, b), s => Binary16.FromSingle(Box(b), s));
                Check(half, mode, Integer(raw >> shift), s => Binary16.FromUInt64(raw >> shift, s));
                Check(half, mode, Integer((long)raw >> shift), s => Binary16.FromInt64((ulong)((long)raw >> shift), s));
            },
            iter: 20_000);
    }

    [Fact]
    public void Half_precision_operands_that_are_not_boxed_count_as_the_canonical_NaN()
    {
        FloatingState state = new();
        Assert.Equal(Binary16.Box(0x7E00), Binary16.Add(0xFFFF_FFFF_0000_3C00, Binary16.Box(0x3C00), state));
        Assert.Equal((1UL << 9, FloatFlags.None), (Binary16.Classify(0x3C00), state.Flags));
        Assert.Equal((0UL, FloatFlags.Invalid), (Binary16.Less(0x3C00, Binary16.Box(0), state), state.Flags));
    }

    [Fact]
    public void Square_roots_are_exact_to_the_rounding()
    {
        Gen.Select(s_doubles, s_modes).Sample((a, mode) => CheckRoot(FloatFormat.Double, a, mode, s => Binary64.SquareRoot(a, s)), iter: 20_000);
        Gen.Select(s_singles, s_modes).Sample((a, mode) => CheckRoot(FloatFormat.Single, a, mode, s => Binary32.SquareRoot(Box(a), s)), iter: 20_000);
    }

    [Fact]
    public void Conversions_between_formats_are_exact_to_the_rounding()
    {
        Gen.Select(s_doubles, s_modes).Sample((a, mode) => Check(FloatFormat.Single, mode, Widened(FloatFormat.Double, a), s => Binary32.FromDouble(a, s)), iter: 20_000);
        Gen.Select(s_singles, s_modes).Sample((a, mode) => Check(FloatFormat.Double, mode, Widened(FloatFormat.Single, a), s => Binary64.FromSingle(a, s)), iter: 20_000);
    }

    [Fact]
    public void Integers_become_numbers_rounded() =>
        Gen.Select(Gen.OneOf(Gen.ULong, Gen.Select(Gen.ULong, Gen.Int[0, 63], (value, shift) => value >> shift)), s_modes).Sample(
            (value, mode) =>
            {
                Check(FloatFormat.Double, mode, Integer(value), s => Binary64.FromUInt64(value, s));
                Check(FloatFormat.Double, mode, Integer((long)value), s => Binary64.FromInt64(value, s));
                Check(FloatFormat.Single, mode, Integer(value), s => Binary32.FromUInt64(value, s));
                Check(FloatFormat.Single, mode, Integer((long)value), s => Binary32.FromInt64(value, s));
            },
            iter: 20_000);

    [Fact]
    public void Numbers_become_integers_rounded_or_the_nearest_that_fits()
    {
        Gen.Select(s_doubles, s_modes).Sample(
            (a, mode) =>
            {
                CheckInteger(FloatFormat.Double, a, mode, 32, true, s => Binary64.ToInt32(a, s));
                CheckInteger(FloatFormat.Double, a, mode, 32, false, s => Binary64.ToUInt32(a, s));
                CheckInteger(FloatFormat.Double, a, mode, 64, true, s => Binary64.ToInt64(a, s));
                CheckInteger(FloatFormat.Double, a, mode, 64, false, s => Binary64.ToUInt64(a, s));
            },
            iter: 20_000);
        Gen.Select(s_singles, s_modes).Sample(
            (a, mode) =>
            {
                foreach (int bits in (int[])[32, 64])
                {
                    CheckInteger(FloatFormat.Single, a, mode, bits, true, s => Binary32.ToInteger(Box(a), bits, true, s));
                    CheckInteger(FloatFormat.Single, a, mode, bits, false, s => Binary32.ToInteger(Box(a), bits, false, s));
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData(0x7FF0_0000_0000_0001UL, 0x3FF0_0000_0000_0000UL, 16)] // signaling NaN
    [InlineData(0xFFF8_0000_0000_1234UL, 0x3FF0_0000_0000_0000UL, 0)] // quiet NaN
    [InlineData(0x7FF0_0000_0000_0000UL, 0xFFF0_0000_0000_0000UL, 16)] // inf - inf
    public void NaN_results_are_canonical(ulong a, ulong b, int flags)
    {
        FloatingState state = new();
        Assert.Equal(0x7FF8_0000_0000_0000UL, Binary64.Add(a, b, state));
        Assert.Equal((FloatFlags)flags, state.Flags);
    }

    [Theory]
    [InlineData(0x7FF0_0000_0000_0000UL, 0UL, 0x7FF8_0000_0000_0001UL)]
    [InlineData(0x8000_0000_0000_0000UL, 0xFFF0_0000_0000_0000UL, 0x3FF0_0000_0000_0000UL)]
    public void Infinity_times_zero_is_invalid_whatever_is_added(ulong a, ulong b, ulong c)
    {
        FloatingState state = new();
        Assert.Equal((0x7FF8_0000_0000_0000UL, FloatFlags.Invalid), (Binary64.MultiplyAdd(a, b, c, state), state.Flags));
    }

    [Theory]
    [InlineData(1.0, 0.0, 0x7FF0_0000_0000_0000UL, 8)]
    [InlineData(-1.0, 0.0, 0xFFF0_0000_0000_0000UL, 8)]
    [InlineData(0.0, 0.0, 0x7FF8_0000_0000_0000UL, 16)]
    [InlineData(double.PositiveInfinity, 0.0, 0x7FF0_0000_0000_0000UL, 0)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, 0x7FF8_0000_0000_0000UL, 16)]
    [InlineData(1.0, double.NegativeInfinity, 0x8000_0000_0000_0000UL, 0)]
    public void Quotients_of_special_numbers(double a, double b, ulong expected, int flags)
    {
        FloatingState state = new();
        Assert.Equal((expected, (FloatFlags)flags), (Binary64.Divide(BitConverter.DoubleToUInt64Bits(a), BitConverter.DoubleToUInt64Bits(b), state), state.Flags));
    }

    [Theory]
    [InlineData(0UL, MinusZero, false, MinusZero)]
    [InlineData(MinusZero, 0UL, false, MinusZero)]
    [InlineData(0UL, MinusZero, true, 0UL)]
    [InlineData(QuietNaN, 0x4000_0000_0000_0000UL, false, 0x4000_0000_0000_0000UL)]
    [InlineData(0x4000_0000_0000_0000UL, QuietNaN, true, 0x4000_0000_0000_0000UL)]
    [InlineData(QuietNaN | 1, QuietNaN | 2, true, QuietNaN)]
    [InlineData(0xC000_0000_0000_0000UL, 0xFFF0_0000_0000_0000UL, false, 0xFFF0_0000_0000_0000UL)]
    public void Extremes_prefer_numbers_and_order_zeros(ulong a, ulong b, bool maximum, ulong expected)
    {
        FloatingState state = new();
        ulong result = maximum ? Binary64.Maximum(a, b, state) : Binary64.Minimum(a, b, state);
        Assert.Equal((expected, FloatFlags.None), (result, state.Flags));
    }

    [Fact]
    public void Only_equality_is_quiet_about_a_quiet_NaN()
    {
        const ulong Signaling = 0x7FF0_0000_0000_0001;
        FloatingState state = new();
        Assert.Equal((0UL, FloatFlags.None), (Binary64.Equal(QuietNaN, QuietNaN, state), state.Flags));
        Assert.Equal((0UL, FloatFlags.Invalid), (Binary64.Equal(Signaling, 0, state), state.Flags));
        state.Flags = FloatFlags.None;
        Assert.Equal((0UL, FloatFlags.Invalid), (Binary64.LessOrEqual(QuietNaN, 0, state), state.Flags));
    }

    [Theory]
    [InlineData(0xFFF0_0000_0000_0000UL, 0)]
    [InlineData(0xBFF0_0000_0000_0000UL, 1)]
    [InlineData(0x8000_0000_0000_0001UL, 2)]
    [InlineData(0x8000_0000_0000_0000UL, 3)]
    [InlineData(0UL, 4)]
    [InlineData(0x000F_FFFF_FFFF_FFFFUL, 5)]
    [InlineData(0x0010_0000_0000_0000UL, 6)]
    [InlineData(0x7FF0_0000_0000_0000UL, 7)]
    [InlineData(0xFFF0_0000_0000_0001UL, 8)]
    [InlineData(0x7FF8_0000_0000_0000UL, 9)]
    public void Classes(ulong a, int bit) => Assert.Equal(1UL << bit, Binary64.Classify(a));

    private static ulong Box(ulong bits) => Binary32.Box(bits);

    /// <summary>Finite numbers where rounding is hard: few significant bits, neighbours of powers of two, subnormal and huge ones.</summary>
    private static Gen<ulong> Numbers(FloatFormat format)
    {
        ulong all = format.SignBit | (format.SignBit - 1);
        Gen<ulong> any = Gen.ULong.Select(raw => raw & all);
        Gen<ulong> close = Gen.Select(Gen.ULong, Gen.Int[-20, 20], (raw, exponent) =>
            (raw & (all >> (format.ExponentBits + 1)) & ~(raw >> 1)) | (raw & format.SignBit) | ((ulong)(format.Bias + exponent) << format.FractionBits));
        Gen<ulong> sparse = Gen.Select(Gen.Int[0, format.SpecialExponent - 1], Gen.Int[-4, 4], Gen.Bool, (field, off, negative) =>
            format.Signed(negative, (((ulong)field << format.FractionBits) + (ulong)off) & (format.SignBit - 1)));
        Gen<ulong> small = Gen.Select(Gen.ULong, Gen.Int[0, 63], (raw, shift) => ((raw & (format.SignBit - 1)) >> (shift % format.FractionBits) >> 4) | (raw & format.SignBit));
        return Gen.OneOf(any, close, sparse, small).Where(bits => (bits & ~format.SignBit) < format.Infinity);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Sum(FloatFormat format, ulong a, ulong b)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger y, int f) = FloatOracle.ValueOf(format, b);
        int low = Math.Min(e, f);
        (BigInteger numerator, BigInteger denominator) = Scale((x << (e - low)) + (y << (f - low)), low);
        bool bothNegative = (a & b & format.SignBit) != 0;
        bool zerosAgree = x.IsZero && y.IsZero && ((a ^ b) & format.SignBit) == 0;
        return (numerator, denominator, bothNegative, !zerosAgree);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Product(FloatFormat format, ulong a, ulong b)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger y, int f) = FloatOracle.ValueOf(format, b);
        (BigInteger numerator, BigInteger denominator) = Scale(x * y, e + f);
        return (numerator, denominator, ((a ^ b) & format.SignBit) != 0, false);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Quotient(FloatFormat format, ulong a, ulong b)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger y, int f) = FloatOracle.ValueOf(format, b);
        (BigInteger numerator, BigInteger denominator) = Scale(y.Sign < 0 ? -x : x, e - f);
        return (numerator, denominator * BigInteger.Abs(y), ((a ^ b) & format.SignBit) != 0, false);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Fused(FloatFormat format, ulong a, ulong b, ulong c)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger y, int f) = FloatOracle.ValueOf(format, b);
        (BigInteger z, int g) = FloatOracle.ValueOf(format, c);
        int low = Math.Min(e + f, g);
        (BigInteger numerator, BigInteger denominator) = Scale(((x * y) << (e + f - low)) + (z << (g - low)), low);
        bool negativeProduct = ((a ^ b) & format.SignBit) != 0;
        bool zerosAgree = (x * y).IsZero && z.IsZero && negativeProduct == ((c & format.SignBit) != 0);
        return (numerator, denominator, negativeProduct, !zerosAgree);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Widened(FloatFormat format, ulong a)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger numerator, BigInteger denominator) = Scale(x, e);
        return (numerator, denominator, (a & format.SignBit) != 0, false);
    }

    private static (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) Integer(BigInteger value) => (value, BigInteger.One, false, false);

    private static (BigInteger Numerator, BigInteger Denominator) Scale(BigInteger value, int exponent) =>
        exponent >= 0 ? (value << exponent, BigInteger.One) : (value, BigInteger.One << -exponent);

    private static void Check(
        FloatFormat format,
        RoundingMode mode,
        (BigInteger Numerator, BigInteger Denominator, bool NegativeZero, bool SignOfZeroByMode) exact,
        Func<FloatingState, ulong> operation)
    {
        if (exact.Denominator.IsZero)
        {
            return;
        }

        bool negativeZero = exact.SignOfZeroByMode ? mode == RoundingMode.Down : exact.NegativeZero;
        (ulong bits, FloatFlags flags) = exact.Numerator.IsZero
            ? (format.Signed(negativeZero, 0), FloatFlags.None)
            : FloatOracle.Round(format, exact.Numerator, exact.Denominator, mode);
        Run(format, mode, bits, flags, operation);
    }

    private static void Run(FloatFormat format, RoundingMode mode, ulong bits, FloatFlags flags, Func<FloatingState, ulong> operation)
    {
        ulong expected = format == FloatFormat.Single ? Box(bits) : format == FloatFormat.Half ? Binary16.Box(bits) : bits;
        foreach (FloatFlags before in s_before)
        {
            FloatingState state = new() { Mode = mode, Flags = before };
            ulong actual = operation(state);
            Assert.True(expected == actual && (flags | before) == state.Flags, $"{mode}: expected {expected:x16} {flags | before}, got {actual:x16} {state.Flags}");
        }
    }

    private static void CheckRoot(FloatFormat format, ulong a, RoundingMode mode, Func<FloatingState, ulong> operation)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        if (x.Sign < 0)
        {
            Run(format, mode, format.CanonicalNaN, FloatFlags.Invalid, operation);
            return;
        }

        if (x.IsZero)
        {
            Run(format, mode, a, FloatFlags.None, operation);
            return;
        }

        // The root with 200 more bits than needed, and one below them all if it is not exact.
        int shift = 400 + ((e & 1) == 0 ? 0 : 1);
        BigInteger square = x << shift;
        BigInteger root = Root(square);
        BigInteger numerator = (root << 1) | (root * root == square ? 0 : 1);
        (BigInteger n, BigInteger d) = Scale(numerator, ((e - shift) / 2) - 1);
        (ulong bits, FloatFlags flags) = FloatOracle.Round(format, n, d, mode);
        Run(format, mode, bits, flags, operation);
    }

    private static BigInteger Root(BigInteger square)
    {
        BigInteger low = BigInteger.Zero;
        BigInteger high = BigInteger.One << ((int)(square.GetBitLength() / 2) + 1);
        while (high - low > 1)
        {
            BigInteger middle = (low + high) >> 1;
            if (middle * middle <= square)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void CheckInteger(FloatFormat format, ulong a, RoundingMode mode, int bits, bool signed, Func<FloatingState, ulong> operation)
    {
        (BigInteger x, int e) = FloatOracle.ValueOf(format, a);
        (BigInteger numerator, BigInteger denominator) = Scale(x, e);
        (BigInteger value, bool exact) = FloatOracle.RoundToInteger(numerator, denominator, mode);
        BigInteger least = signed ? -(BigInteger.One << (bits - 1)) : 0;
        BigInteger largest = (BigInteger.One << (signed ? bits - 1 : bits)) - 1;
        FloatFlags flags = value < least || value > largest ? FloatFlags.Invalid : exact ? FloatFlags.None : FloatFlags.Inexact;
        value = BigInteger.Max(least, BigInteger.Min(largest, value));
        ulong expected = (ulong)(value & ulong.MaxValue);
        Run(FloatFormat.Double, mode, bits == 32 ? (ulong)(int)expected : expected, flags, operation);
    }
}
