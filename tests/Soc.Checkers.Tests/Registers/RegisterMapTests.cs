using Soc.Checkers.Registers;

namespace Soc.Checkers.Tests.Registers;

public sealed class RegisterMapTests
{
    [Theory]
    [InlineData(RegisterAccess.ReadOnly, 0b0101, 0b0110, 0b0101)]
    [InlineData(RegisterAccess.ReadWrite, 0b0101, 0b0110, 0b0110)]
    [InlineData(RegisterAccess.Warl, 0b0101, 0b0110, 0b0110)]
    [InlineData(RegisterAccess.WriteOneToClear, 0b0101, 0b0110, 0b0001)]
    [InlineData(RegisterAccess.WriteOneToSetSticky, 0b0101, 0b0110, 0b0111)]
    [InlineData(RegisterAccess.WriteOneToClearSticky, 0b0101, 0b0110, 0b0001)]
    [InlineData(RegisterAccess.WriteOnly, 0b0101, 0b0110, 0b0101)]
    public void Each_access_has_its_rule(RegisterAccess access, ulong reset, ulong written, ulong expected)
    {
        var map = new RegisterMap("block");
        map.Define("R", 0, 4).Field("f", 3, 0, access, reset);
        map.Reset();
        map.Write(0, 4, written);
        Assert.Equal(expected, map.Read(0, 4));
    }

    [Fact]
    public void Bytes_that_are_not_written_and_frozen_bits_keep_their_value_whatever_the_access()
    {
        var map = new RegisterMap("block");
        map.Define("R", 8, 8)
            .Field("low", 31, 0, RegisterAccess.WriteOneToClear, 0xFFFF_FFFF)
            .Field("high", 63, 32, RegisterAccess.ReadWrite, 0x1234_5678)
            .FrozenBits("bit 63", _ => 1UL << 63);
        map.Reset();
        map.Write(0xC, 4, uint.MaxValue);
        Assert.Equal(0x7FFF_FFFF_FFFF_FFFFUL, map.Read(8, 8));
        map.Write(8, 4, 0xFFFF);
        Assert.Equal([0xFFFF_0000UL, 0x7FFF_FFFFUL], [map.Read(8, 4), map.Read(0xC, 4)]);
    }

    [Fact]
    public void A_write_that_reaches_no_writable_bit_has_no_effect_at_all()
    {
        var map = new RegisterMap("block");
        bool locked = true;
        int effects = 0;
        map.Define("R", 0, 4).Field("f", 7, 0, RegisterAccess.ReadWrite).LockedWhen("a switch", _ => locked).WhenWritten((_, _, _) => effects++);
        map.Write(0, 4, 1);
        Assert.Equal((0, 0UL), (effects, map.Read(0, 4)));
        locked = false;
        map.Write(0, 4, 1);
        Assert.Equal((1, 1UL), (effects, map.Read(0, 4)));
    }

    [Fact]
    public void Effects_see_the_old_value_and_the_bits_as_written_after_the_legal_one_is_stored()
    {
        var map = new RegisterMap("block");
        (int Index, ulong Old, ulong Written, ulong Stored) seen = default;
        Register register = map.DefineArray("R({0})", 0x10, 8, 4, 4).Field("f", 7, 0, RegisterAccess.Warl, 3);
        register.Legalise((_, old, wanted) => Math.Max(old, wanted & 0xF)).WhenWritten((index, old, written) => seen = (index, old, written, register[index]));
        map.Reset();
        map.Write(0x20, 4, 0x19);
        Assert.Equal((2, 3UL, 0x19UL, 9UL), seen);
        Assert.Equal([3UL, 9UL, 0UL], [map.Read(0x18, 4), map.Read(0x20, 4), map.Read(0x24, 4)]);
    }

    [Fact]
    public void Reads_may_have_side_effects_that_tables_do_not_run()
    {
        var map = new RegisterMap("block");
        int reads = 0;
        map.Define("COUNT", 0, 4).Field("n", 31, 0, RegisterAccess.ReadOnly, 7).ShownAs((_, stored) => stored + 1).WhenRead(_ => (ulong)++reads);
        map.Reset();
        Assert.Equal([8UL, 8UL], [map.Table()[0].Current, map.Peek(0, 4)]);
        Assert.Equal([1UL, 2UL], [map.Read(0, 4), map.Read(0, 8)]);
    }

    [Fact]
    public void Wide_accesses_cover_two_narrow_registers_unless_one_insists_on_its_width()
    {
        var map = new RegisterMap("block");
        map.Define("A", 0, 4).Field("f", 31, 0, RegisterAccess.ReadWrite);
        map.Define("B", 4, 4).Field("f", 31, 0, RegisterAccess.ReadWrite);
        map.Define("C", 12, 4).Field("f", 31, 0, RegisterAccess.ReadWrite).OnlyInExactWidth();
        map.Write(0, 8, 0x2_0000_0001);
        map.Write(8, 8, 0x3_0000_0000);
        map.Write(12, 4, 5);
        Assert.Equal([0x2_0000_0001UL, 2UL, 0UL, 5UL], [map.Read(0, 8), map.Read(4, 4), map.Read(8, 8), map.Read(12, 4)]);
    }
}
