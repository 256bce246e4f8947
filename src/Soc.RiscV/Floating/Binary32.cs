using System.Runtime.CompilerServices;

namespace Soc.RiscV.Floating;

/// <summary>
/// Operations on binary32 in registers of 64 bits: operands that are not NaN-boxed count as the canonical NaN, results are
/// boxed. The host computes under the conditions of <see cref="Binary64"/>; products of two significands are exact in binary64.
/// </summary>
internal static class Binary32
{
    private const ulong BoxBits = 0xFFFF_FFFF_0000_0000;
    private const uint CanonicalNaN = 0x7FC0_0000;
    private const int ExactIntegers = 1 << 24;

    /// <summary>Makes a register of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Box(ulong bits) => bits | BoxBits;

    /// <summary>The number in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Unbox(ulong register) => register >= BoxBits ? (uint)register : CanonicalNaN;

    /// <summary>a + b.</summary>
    public static ulong Add(ulong a, ulong b, FloatingState state) => AddUnboxed(Unbox(a), Unbox(b), state);

    /// <summary>a - b.</summary>
    public static ulong Subtract(ulong a, ulong b, FloatingState state) => AddUnboxed(Unbox(a), Unbox(b) ^ 0x8000_0000, state);

    /// <summary>a * b.</summary>
    public static ulong Multiply(ulong a, ulong b, FloatingState state)
    {
        uint x = Unbox(a);
        uint y = Unbox(b);
        if (state.Mode == RoundingMode.NearestEven)
        {
            float product = Number(x) * Number(y);
            if (IsUnexceptional(product) && (state.IsInexactNearest || (double)Number(x) * Number(y) == product))
            {
                return Boxed(product);
            }
        }

        return Box(SoftFloat.Multiply(FloatFormat.Single, x, y, state));
    }

    /// <summary>a / b.</summary>
    public static ulong Divide(ulong a, ulong b, FloatingState state)
    {
        uint x = Unbox(a);
        uint y = Unbox(b);
        if (state.Mode == RoundingMode.NearestEven)
        {
            float quotient = Number(x) / Number(y);
            if (IsUnexceptional(quotient) && float.IsFinite(Number(y)) && (state.IsInexactNearest || (double)quotient * Number(y) == Number(x)))
            {
                return Boxed(quotient);
            }
        }

        return Box(SoftFloat.Divide(FloatFormat.Single, x, y, state));
    }

    /// <summary>The square root of a.</summary>
    public static ulong SquareRoot(ulong a, FloatingState state)
    {
        uint x = Unbox(a);
        if (state.Mode == RoundingMode.NearestEven)
        {
            float root = MathF.Sqrt(Number(x));
            if (IsUnexceptional(root) && (state.IsInexactNearest || (double)root * root == Number(x)))
            {
                return Boxed(root);
            }
        }

        return Box(SoftFloat.SquareRoot(FloatFormat.Single, x, state));
    }

    /// <summary>a * b + c with one rounding, where the signs of a and c may be turned.</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="c">Addend.</param>
    /// <param name="negateProduct">Use minus a.</param>
    /// <param name="negateAddend">Use minus c.</param>
    /// <param name="state">Rounding mode and flags.</param>
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, bool negateProduct, bool negateAddend, FloatingState state)
    {
        uint x = Unbox(a) ^ (negateProduct ? 0x8000_0000 : 0);
        uint y = Unbox(b);
        uint z = Unbox(c) ^ (negateAddend ? 0x8000_0000 : 0);
        if (state.IsInexactNearest)
        {
            float result = MathF.FusedMultiplyAdd(Number(x), Number(y), Number(z));
            if (IsUnexceptional(result))
            {
                return Boxed(result);
            }
        }

        return Box(SoftFloat.MultiplyAdd(FloatFormat.Single, x, y, z, state));
    }

    /// <summary>a with the sign of b, of minus b, or of both signs combined: what the FSGNJ instructions make.</summary>
    /// <param name="a">The number.</param>
    /// <param name="sign">Bits whose bit 31 is the sign.</param>
    public static ulong WithSign(ulong a, uint sign) => Box((Unbox(a) & 0x7FFF_FFFF) | (sign & 0x8000_0000));

    /// <summary>a == b.</summary>
    public static ulong Equal(ulong a, ulong b, FloatingState state) => Binary64.Equal(Widen(a), Widen(b), state);

    /// <summary>a &lt; b.</summary>
    public static ulong Less(ulong a, ulong b, FloatingState state) => Binary64.Less(Widen(a), Widen(b), state);

    /// <summary>a &lt;= b.</summary>
    public static ulong LessOrEqual(ulong a, ulong b, FloatingState state) => Binary64.LessOrEqual(Widen(a), Widen(b), state);

    /// <summary>The smaller number.</summary>
    public static ulong Minimum(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Extreme(FloatFormat.Single, Unbox(a), Unbox(b), false, state));

    /// <summary>The larger number.</summary>
    public static ulong Maximum(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Extreme(FloatFormat.Single, Unbox(a), Unbox(b), true, state));

    /// <summary>The bit of a's class.</summary>
    public static ulong Classify(ulong a) => SoftFloat.Classify(FloatFormat.Single, Unbox(a));

    /// <summary>To an integer.</summary>
    /// <param name="a">The number.</param>
    /// <param name="bits">32 or 64.</param>
    /// <param name="signed">Whether the integer has a sign.</param>
    /// <param name="state">Rounding mode and flags.</param>
    public static ulong ToInteger(ulong a, int bits, bool signed, FloatingState state) => (bits, signed) switch
    {
        (32, true) => Binary64.ToInt32(Widen(a), state),
        (32, false) => Binary64.ToUInt32(Widen(a), state),
        (64, true) => Binary64.ToInt64(Widen(a), state),
        _ => Binary64.ToUInt64(Widen(a), state),
    };

    /// <summary>From a signed integer of 64 bits.</summary>
    public static ulong FromInt64(ulong a, FloatingState state) =>
        Math.Abs((double)(long)a) <= ExactIntegers ? Boxed((long)a) : Box(SoftFloat.FromSigned(FloatFormat.Single, (long)a, state));

    /// <summary>From an unsigned integer of 64 bits.</summary>
    public static ulong FromUInt64(ulong a, FloatingState state) =>
        a <= ExactIntegers ? Boxed(a) : Box(SoftFloat.FromUnsigned(FloatFormat.Single, a, state));

    /// <summary>From binary64.</summary>
    public static ulong FromDouble(ulong a, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            double wide = Binary64.Number(a);
            float result = (float)wide;
            if (IsUnexceptional(result) && (state.IsInexactNearest || result == wide))
            {
                return Boxed(result);
            }
        }

        return Box(SoftFloat.Convert(FloatFormat.Double, FloatFormat.Single, a, state));
    }

    /// <summary>The same datum as binary64. A signaling NaN stays one, so that whatever is asked about it raises the same flags.</summary>
    private static ulong Widen(ulong register)
    {
        uint bits = Unbox(register);
        return (bits & 0x7F80_0000) != 0x7F80_0000
            ? BitConverter.DoubleToUInt64Bits(Number(bits))
            : ((ulong)(bits & 0x8000_0000) << 32) | 0x7FF0_0000_0000_0000 | ((ulong)(bits & 0x7F_FFFF) << 29);
    }

    private static ulong AddUnboxed(uint x, uint y, FloatingState state)
    {
        if (state.Mode == RoundingMode.NearestEven)
        {
            float sum = Number(x) + Number(y);
            if (float.IsFinite(sum))
            {
                float part = sum - Number(x);
                if (state.IsInexactNearest || Number(x) - (sum - part) + (Number(y) - part) == 0)
                {
                    return Boxed(sum);
                }
            }
        }

        return Box(SoftFloat.Add(FloatFormat.Single, x, y, state));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Number(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Boxed(float number) => Box(BitConverter.SingleToUInt32Bits(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUnexceptional(float number) => ((BitConverter.SingleToUInt32Bits(number) >> 23) & 0xFF) - 2 < 0xFF - 2;
}
