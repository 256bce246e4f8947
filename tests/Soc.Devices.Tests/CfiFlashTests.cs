using Soc.Memory;

namespace Soc.Devices.Tests;

public class CfiFlashTests : IDisposable
{
    private readonly GuestMemory _array = new(0x200000);
    private readonly List<bool> _modes = [];
    private readonly CfiFlash _flash;
    private readonly Bus _bus;

    public CfiFlashTests()
    {
        byte[] ones = new byte[0x80000];
        Array.Fill(ones, (byte)0xFF);
        _array.Write(0, ones);
        _flash = new CfiFlash(_array) { ArrayModeChanged = _modes.Add };
        _bus = new Bus(_flash);
    }

    [Fact]
    public void The_query_table_says_how_large_each_of_the_two_chips_is()
    {
        _bus.Write(0x55 * 4, 0x0098_0098);
        Assert.Equal([(uint)'Q', 'R', 'Y'], new[] { 0x10UL, 0x11UL, 0x12UL }.Select(word => (uint)_bus.Read(word * 4) & 0xFF));
        Assert.Equal(0x0051_0051u, _bus.Read(0x40));
        Assert.Equal(20u, _bus.Read(0x27 * 4) & 0xFF);
        Assert.Equal(0x200u, (_bus.Read(0x2F * 4) & 0xFF) | ((_bus.Read(0x30 * 4) & 0xFF) << 8));
        _bus.Write(0, 0x00FF_00FF);
        Assert.Equal(uint.MaxValue, _bus.Read(0));
        Assert.Equal([false, true], _modes);
    }

    [Fact]
    public void Programming_clears_bits_and_erasing_sets_those_of_a_block()
    {
        Program(0x10, 0xFFFF_00FF);
        Program(0x10, 0x0FFF_FFFF);
        Program(0x40000, 0);
        Assert.Equal(0x0FFF_00FFu, _bus.Read(0x10));
        _bus.Write(0x20, 0x0020_0020);
        _bus.Write(0x20, 0x00D0_00D0);
        Assert.Equal(0x0080_0080u, _bus.Read(0));
        _bus.Write(0, 0x00FF_00FF);
        Assert.Equal(uint.MaxValue, _bus.Read(0x10));
        Assert.Equal(0u, _bus.Read(0x40000));
    }

    [Fact]
    public void A_buffer_is_programmed_when_confirmed()
    {
        _bus.Write(0x80, 0x00E8_00E8);
        _bus.Write(0x80, 0x0001_0001);
        _bus.Write(0x80, 0x1111_2222);
        _bus.Write(0x84, 0x3333_4444);
        _bus.Write(0x80, 0x00D0_00D0);
        _bus.Write(0, 0x00FF_00FF);
        Assert.Equal(0x3333_4444_1111_2222u, _bus.Read(0x80, 8));
    }

    [Fact]
    public void Read_only_memory_takes_no_command()
    {
        var bus = new Bus(new CfiFlash(_array, readOnly: true));
        bus.Write(0, 0x0098_0098);
        Assert.Equal(uint.MaxValue, bus.Read(0x40));
    }

    public void Dispose()
    {
        _array.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Program(ulong offset, uint value)
    {
        _bus.Write(offset, 0x0040_0040);
        _bus.Write(offset, value);
        Assert.Equal(0x0080_0080u, _bus.Read(offset));
        _bus.Write(offset, 0x00FF_00FF);
    }
}
