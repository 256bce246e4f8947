using System.Runtime.CompilerServices;

namespace Soc.RiscV.Floating;

/// <summary>
/// Operations on binary64. The host computes where its result and all flags are known to be right: it rounds to nearest, so
/// the result must be neither special nor near the subnormal range, and either inexactness is on record already or the
/// rounding error is computed without error and is zero. Everything else is left to <see cref="SoftFloat"/>.
/// </summary>
internal static class Binary64
{
    // Above this exponent field, the residual of a product or quotient of 53-bit numbers is not subnormal.
    private const int ResidualIsExact = 120;

    /// <summary>a + b.</summary>
    public static ulong Add(ulong a, ulong b, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            double x = Number(a);
            double y = Number(b);
            double sum = x + y;
            if (double.IsFinite(sum))
            {
                // Tiny sums are exact. Møller and Knuth: this is the rounding error, unless something overflows.
                double part = sum - x;
                if ((state.Flags & FloatFlags.Inexact) != 0 || x - (sum - part) + (y - part) == 0)
                {
                    return Bits(sum);
                }
            }
        }

        return SoftFloat.Add(FloatFormat.Double, a, b, state);
    }

    /// <summary>a - b.</summary>
    public static ulong Subtract(ulong a, ulong b, FloatingState state) =>
        // A NaN's sign is nobody's business: the result is canonical.
        Add(a, b ^ (1UL << 63), state);

    /// <summary>a * b.</summary>
    public static ulong Multiply(ulong a, ulong b, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            double product = Number(a) * Number(b);
            if (IsUnexceptional(product) &&
                (state.IsInexactNearest || (Field(product) > ResidualIsExact && Math.FusedMultiplyAdd(Number(a), Number(b), -product) == 0)))
            {
                return Bits(product);
            }
        }

        return SoftFloat.Multiply(FloatFormat.Double, a, b, state);
    }

    /// <summary>a / b.</summary>
    public static ulong Divide(ulong a, ulong b, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            double quotient = Number(a) / Number(b);
            if (IsUnexceptional(quotient) && double.IsFinite(Number(b)) &&
                (state.IsInexactNearest || (Field(Number(a)) > ResidualIsExact && Math.FusedMultiplyAdd(quotient, Number(b), -Number(a)) == 0)))
            {
                return Bits(quotient);
            }
        }

        return SoftFloat.Divide(FloatFormat.Double, a, b, state);
    }

    /// <summary>The square root of a.</summary>
    public static ulong SquareRoot(ulong a, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            double root = Math.Sqrt(Number(a));
            if (IsUnexceptional(root) && (state.IsInexactNearest || (Field(Number(a)) > ResidualIsExact && Math.FusedMultiplyAdd(root, root, -Number(a)) == 0)))
            {
                return Bits(root);
            }
        }

        return SoftFloat.SquareRoot(FloatFormat.Double, a, state);
    }

    /// <summary>a * b + c with one rounding.</summary>
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, FloatingState state)
    {
        if (state.IsInexactNearest)
        {
            double result = Math.FusedMultiplyAdd(Number(a), Number(b), Number(c));
            if (IsUnexceptional(result))
            {
                return Bits(result);
            }
        }

        return SoftFloat.MultiplyAdd(FloatFormat.Double, a, b, c, state);
    }

    /// <summary>Minus a, a NaN included.</summary>
    public static ulong Negate(ulong a) => a ^ (1UL << 63);

    /// <summary>a == b.</summary>
    public static ulong Equal(ulong a, ulong b, FloatingState state) =>
        IsUnordered(a, b) ? Flag(SoftFloat.Equal(FloatFormat.Double, a, b, state)) : Flag(Number(a) == Number(b));

    /// <summary>a &lt; b.</summary>
    public static ulong Less(ulong a, ulong b, FloatingState state) =>
        IsUnordered(a, b) ? Flag(SoftFloat.Less(FloatFormat.Double, a, b, false, state)) : Flag(Number(a) < Number(b));

    /// <summary>a &lt;= b.</summary>
    public static ulong LessOrEqual(ulong a, ulong b, FloatingState state) =>
        IsUnordered(a, b) ? Flag(SoftFloat.Less(FloatFormat.Double, a, b, true, state)) : Flag(Number(a) <= Number(b));

    /// <summary>The smaller number.</summary>
    public static ulong Minimum(ulong a, ulong b, FloatingState state) =>
        Number(a) < Number(b) ? a : Number(b) < Number(a) ? b : SoftFloat.Extreme(FloatFormat.Double, a, b, false, state);

    /// <summary>The larger number.</summary>
    public static ulong Maximum(ulong a, ulong b, FloatingState state) =>
        Number(a) > Number(b) ? a : Number(b) > Number(a) ? b : SoftFloat.Extreme(FloatFormat.Double, a, b, true, state);

    /// <summary>The bit of a's class.</summary>
    public static ulong Classify(ulong a) => SoftFloat.Classify(FloatFormat.Double, a);

    /// <summary>To a signed integer of 32 bits, sign-extended.</summary>
    public static ulong ToInt32(ulong a, FloatingState state)
    {
        double x = Number(a);
        return state.Mode == RoundingMode.TowardsZero && Math.Abs(x) < int.MaxValue
            ? Truncated((ulong)(int)x, x == (int)x, state)
            : SoftFloat.ToInteger(FloatFormat.Double, a, 32, true, state);
    }

    /// <summary>To an unsigned integer of 32 bits, sign-extended.</summary>
    public static ulong ToUInt32(ulong a, FloatingState state) => SoftFloat.ToInteger(FloatFormat.Double, a, 32, false, state);

    /// <summary>To a signed integer of 64 bits.</summary>
    public static ulong ToInt64(ulong a, FloatingState state)
    {
        double x = Number(a);
        return state.Mode == RoundingMode.TowardsZero && Math.Abs(x) < long.MaxValue
            ? Truncated((ulong)(long)x, x == (long)x, state)
            : SoftFloat.ToInteger(FloatFormat.Double, a, 64, true, state);
    }

    /// <summary>To an unsigned integer of 64 bits.</summary>
    public static ulong ToUInt64(ulong a, FloatingState state) => SoftFloat.ToInteger(FloatFormat.Double, a, 64, false, state);

    /// <summary>From a signed integer of 64 bits.</summary>
    public static ulong FromInt64(ulong a, FloatingState state) =>
        (long)a == (int)a ? Bits((int)a) : SoftFloat.FromSigned(FloatFormat.Double, (long)a, state);

    /// <summary>From an unsigned integer of 64 bits.</summary>
    public static ulong FromUInt64(ulong a, FloatingState state) =>
        a <= uint.MaxValue ? Bits((uint)a) : SoftFloat.FromUnsigned(FloatFormat.Double, a, state);

    /// <summary>From binary32, which is always exact.</summary>
    public static ulong FromSingle(ulong a, FloatingState state)
    {
        float x = BitConverter.UInt32BitsToSingle((uint)a);
        return float.IsFinite(x) ? Bits(x) : SoftFloat.Convert(FloatFormat.Single, FloatFormat.Double, a, state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Number(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static ulong Truncated(ulong result, bool exact, FloatingState state)
    {
        state.Raise(exact ? FloatFlags.None : FloatFlags.Inexact);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(double number) => BitConverter.DoubleToUInt64Bits(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Field(double number) => (int)(Bits(number) >> 52) & 0x7FF;

    /// <summary>Neither special nor so small that underflow is in question: the smallest normal binade is already doubtful.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUnexceptional(double number) => (uint)(Field(number) - 2) < 0x7FF - 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUnordered(ulong a, ulong b) => double.IsNaN(Number(a)) || double.IsNaN(Number(b));

    private static ulong Flag(bool value) => value ? 1UL : 0UL;
}
