namespace Soc.RiscV.Floating;

/// <summary>A binary interchange format of IEEE 754-2019 (table 3.5).</summary>
/// <param name="Precision">Bits of the significand, the implicit one included.</param>
/// <param name="ExponentBits">Bits of the exponent field.</param>
internal readonly record struct FloatFormat(int Precision, int ExponentBits)
{
    /// <summary>binary16.</summary>
    public static readonly FloatFormat Half = new(11, 5);

    /// <summary>binary32.</summary>
    public static readonly FloatFormat Single = new(24, 8);

    /// <summary>binary64.</summary>
    public static readonly FloatFormat Double = new(53, 11);

    /// <summary>Bits of the trailing significand field.</summary>
    public int FractionBits => Precision - 1;

    /// <summary>Bias of the exponent field.</summary>
    public int Bias => (1 << (ExponentBits - 1)) - 1;

    /// <summary>The exponent field of infinities and NaNs.</summary>
    public int SpecialExponent => (1 << ExponentBits) - 1;

    /// <summary>The sign.</summary>
    public ulong SignBit => 1UL << (FractionBits + ExponentBits);

    /// <summary>Plus infinity.</summary>
    public ulong Infinity => (ulong)SpecialExponent << FractionBits;

    /// <summary>The canonical NaN: positive, quiet, no payload.</summary>
    public ulong CanonicalNaN => Infinity | (1UL << (FractionBits - 1));

    /// <summary>A number with a sign.</summary>
    public ulong Signed(bool negative, ulong magnitude) => negative ? magnitude | SignBit : magnitude;
}
