namespace Soc.Devices.Tests;

public class ScratchDeviceTests
{
    private readonly Bus _bus = new(new ScratchDevice());

    [Fact]
    public void What_is_written_stays_in_any_width()
    {
        _bus.Write(0x3FF8, 0x8877_6655, 4);
        _bus.Write(0x3FFC, 0x2211, 2);
        _bus.Write(0x3FFE, 0xAB, 1);
        Assert.Equal(0x00AB_2211_8877_6655UL, _bus.Read(0x3FF8, 8));
        Assert.Equal(0x55UL, _bus.Read(0x3FF8, 1));
        Assert.Equal(0UL, _bus.Read(0, 8));
    }
}
