using System.Runtime.CompilerServices;

namespace Soc.RiscV.Floating;

/// <summary>
/// Operations on binary16 in registers of 64 bits: operands that are not NaN-boxed count as the canonical NaN, results are boxed.
/// All in software: guests that compute in this format are rare.
/// </summary>
internal static class Binary16
{
    private const ulong BoxBits = 0xFFFF_FFFF_FFFF_0000;
    private const ulong SignBit = 0x8000;

    /// <summary>Makes a register of 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Box(ulong bits) => bits | BoxBits;

    /// <summary>The number in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Unbox(ulong register) => register >= BoxBits ? register & 0xFFFF : FloatFormat.Half.CanonicalNaN;

    /// <summary>a + b.</summary>
    public static ulong Add(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Add(FloatFormat.Half, Unbox(a), Unbox(b), state));

    /// <summary>a - b.</summary>
    public static ulong Subtract(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Add(FloatFormat.Half, Unbox(a), Unbox(b) ^ SignBit, state));

    /// <summary>a * b.</summary>
    public static ulong Multiply(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Multiply(FloatFormat.Half, Unbox(a), Unbox(b), state));

    /// <summary>a / b.</summary>
    public static ulong Divide(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Divide(FloatFormat.Half, Unbox(a), Unbox(b), state));

    /// <summary>The square root of a.</summary>
    public static ulong SquareRoot(ulong a, FloatingState state) => Box(SoftFloat.SquareRoot(FloatFormat.Half, Unbox(a), state));

    /// <summary>a * b + c with one rounding, where the signs of a and c may be turned.</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="c">Addend.</param>
    /// <param name="negateProduct">Use minus a.</param>
    /// <param name="negateAddend">Use minus c.</param>
    /// <param name="state">Rounding mode and flags.</param>
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, bool negateProduct, bool negateAddend, FloatingState state) =>
        Box(SoftFloat.MultiplyAdd(FloatFormat.Half, Unbox(a) ^ (negateProduct ? SignBit : 0), Unbox(b), Unbox(c) ^ (negateAddend ? SignBit : 0), state));

    /// <summary>a with the sign of b, of minus b, or of both signs combined: what the FSGNJ instructions make.</summary>
    /// <param name="a">The number.</param>
    /// <param name="sign">Bits whose bit 15 is the sign.</param>
    public static ulong WithSign(ulong a, ulong sign) => Box((Unbox(a) & ~SignBit) | (sign & SignBit));

    /// <summary>a == b.</summary>
    public static ulong Equal(ulong a, ulong b, FloatingState state) => SoftFloat.Equal(FloatFormat.Half, Unbox(a), Unbox(b), state) ? 1UL : 0;

    /// <summary>a &lt; b.</summary>
    public static ulong Less(ulong a, ulong b, FloatingState state) => SoftFloat.Less(FloatFormat.Half, Unbox(a), Unbox(b), orEqual: false, state) ? 1UL : 0;

    /// <summary>a &lt;= b.</summary>
    public static ulong LessOrEqual(ulong a, ulong b, FloatingState state) => SoftFloat.Less(FloatFormat.Half, Unbox(a), Unbox(b), orEqual: true, state) ? 1UL : 0;

    /// <summary>The smaller number.</summary>
    public static ulong Minimum(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Extreme(FloatFormat.Half, Unbox(a), Unbox(b), false, state));

    /// <summary>The larger number.</summary>
    public static ulong Maximum(ulong a, ulong b, FloatingState state) => Box(SoftFloat.Extreme(FloatFormat.Half, Unbox(a), Unbox(b), true, state));

    /// <summary>The bit of a's class.</summary>
    public static ulong Classify(ulong a) => SoftFloat.Classify(FloatFormat.Half, Unbox(a));

    /// <summary>To an integer.</summary>
    /// <param name="a">The number.</param>
    /// <param name="bits">32 or 64.</param>
    /// <param name="signed">Whether the integer has a sign.</param>
    /// <param name="state">Rounding mode and flags.</param>
    public static ulong ToInteger(ulong a, int bits, bool signed, FloatingState state) => SoftFloat.ToInteger(FloatFormat.Half, Unbox(a), bits, signed, state);

    /// <summary>From a signed integer of 64 bits.</summary>
    public static ulong FromInt64(ulong a, FloatingState state) => Box(SoftFloat.FromSigned(FloatFormat.Half, (long)a, state));

    /// <summary>From an unsigned integer of 64 bits.</summary>
    public static ulong FromUInt64(ulong a, FloatingState state) => Box(SoftFloat.FromUnsigned(FloatFormat.Half, a, state));

    /// <summary>From binary32 in a register.</summary>
    public static ulong FromSingle(ulong a, FloatingState state) => Box(SoftFloat.Convert(FloatFormat.Single, FloatFormat.Half, Binary32.Unbox(a), state));

    /// <summary>From binary64.</summary>
    public static ulong FromDouble(ulong a, FloatingState state) => Box(SoftFloat.Convert(FloatFormat.Double, FloatFormat.Half, a, state));

    /// <summary>To binary32 in a register.</summary>
    public static ulong ToSingle(ulong a, FloatingState state) => Binary32.Box(SoftFloat.Convert(FloatFormat.Half, FloatFormat.Single, Unbox(a), state));

    /// <summary>To binary64.</summary>
    public static ulong ToDouble(ulong a, FloatingState state) => SoftFloat.Convert(FloatFormat.Half, FloatFormat.Double, Unbox(a), state);
}
