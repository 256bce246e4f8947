using Soc.RiscV.Floating;

namespace Soc.RiscV.Tests;

/// <summary>Comparisons, extremes and conversions of special single-precision data.</summary>
public class SingleComparisonTests
{
    private static readonly uint[] s_data =
    [
        0, 0x8000_0000, 1, 0x8000_0001, 0x7F_FFFF, 0x80_0000, 0x3F80_0000, 0xBF80_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 0x7F80_0000, 0xFF80_0000,
        0x7FC0_0000, 0xFFC0_1234, 0x7F80_0001, 0xFFBF_FFFF, 0x4F00_0000, 0xCF00_0000, 0x5F80_0000, 0xBF00_0000, 0x4B80_0001,
    ];

    [Fact]
    public void The_quick_answers_are_those_of_the_arithmetic_in_integers()
    {
        foreach (uint a in s_data)
        {
            foreach (uint b in s_data)
            {
                Same(state => Binary32.Equal(Box(a), Box(b), state), state => SoftFloat.Equal(FloatFormat.Single, a, b, state) ? 1UL : 0UL);
                Same(state => Binary32.Less(Box(a), Box(b), state), state => SoftFloat.Less(FloatFormat.Single, a, b, false, state) ? 1UL : 0UL);
                Same(state => Binary32.LessOrEqual(Box(a), Box(b), state), state => SoftFloat.Less(FloatFormat.Single, a, b, true, state) ? 1UL : 0UL);
                Same(state => Binary32.Minimum(Box(a), Box(b), state), state => Box((uint)SoftFloat.Extreme(FloatFormat.Single, a, b, false, state)));
            }
        }
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(32, false)]
    [InlineData(64, true)]
    [InlineData(64, false)]
    public void Integers_of_special_data_too(int bits, bool signed)
    {
        foreach (uint a in s_data)
        {
            Same(state => Binary32.ToInteger(Box(a), bits, signed, state), state => SoftFloat.ToInteger(FloatFormat.Single, a, bits, signed, state));
        }
    }

    [Theory]
    [InlineData(0x3F80_0000UL)]
    [InlineData(0xFFFF_FFFE_3F80_0000UL)]
    public void What_is_not_boxed_is_a_quiet_NaN(ulong register)
    {
        FloatingState state = new();
        Assert.Equal((0UL, FloatFlags.None), (Binary32.Equal(register, register, state), state.Flags));
        Assert.Equal(1UL << 9, Binary32.Classify(register));
        Assert.Equal(Box(0x3F80_0000), Binary32.Minimum(register, Box(0x3F80_0000), state));
    }

    private static ulong Box(uint bits) => Binary32.Box(bits);

    private static void Same(Func<FloatingState, ulong> quick, Func<FloatingState, ulong> slow)
    {
        foreach (RoundingMode mode in (RoundingMode[])[RoundingMode.NearestEven, RoundingMode.TowardsZero, RoundingMode.Down])
        {
            FloatingState first = new() { Mode = mode };
            FloatingState second = new() { Mode = mode };
            Assert.Equal((slow(second), second.Flags), (quick(first), first.Flags));
        }
    }
}
