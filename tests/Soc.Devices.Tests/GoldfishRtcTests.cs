using Soc.Memory;

namespace Soc.Devices.Tests;

public class GoldfishRtcTests : IAlarmPort
{
    private const ulong Start = 0x1234_5678_9ABC_0000;
    private readonly FakeLine _line = new();
    private readonly GoldfishRtc _clock;
    private readonly Bus _bus;
    private readonly List<(int Number, ulong At)> _wishes = [];

    public GoldfishRtcTests()
    {
        _clock = new GoldfishRtc(Start, _line, this, 3);
        _bus = new Bus(_clock);
    }

    [Fact]
    public void The_time_is_the_start_plus_virtual_time_and_reading_its_low_half_latches_the_high_one()
    {
        _bus.Initiator.Now = 0x7000_0000;
        Assert.Equal(0x0ABC_0000u, _bus.Read(0x00));
        Assert.Equal(0x1234_5679u, _bus.Read(0x04));
        _bus.Initiator.Now = 0x2_0000_0000;
        Assert.Equal(0x1234_5679u, _bus.Read(0x04));
    }

    [Fact]
    public void A_guest_may_set_the_time()
    {
        _bus.Initiator.Now = 500;
        _bus.Write(0x04, 7);
        _bus.Write(0x00, 100);
        _bus.Initiator.Now = 510;
        Assert.Equal(110u, _bus.Read(0x00));
        Assert.Equal(7u, _bus.Read(0x04));
    }

    [Fact]
    public void An_alarm_interrupts_at_its_time_until_it_is_cleared()
    {
        ulong alarm = Start + 1000;
        _bus.Write(0x10, 1);
        _bus.Write(0x0C, alarm >> 32);
        _bus.Write(0x08, alarm & uint.MaxValue);
        Assert.Equal(1u, _bus.Read(0x18));
        Assert.Equal(1000u, _clock.AlarmAt);
        _bus.Initiator.Now = 999;
        _clock.Tick(_bus.Initiator);
        Assert.False(_line.Level);
        _bus.Initiator.Now = 1000;
        _clock.Tick(_bus.Initiator);
        Assert.True(_line.Level);
        Assert.Equal(0u, _bus.Read(0x18));
        Assert.Equal(ulong.MaxValue, _clock.AlarmAt);
        _bus.Write(0x1C, 1);
        Assert.False(_line.Level);
    }

    [Fact]
    public void A_cleared_alarm_never_comes()
    {
        _bus.Write(0x10, 1);
        _bus.Write(0x0C, Start >> 32);
        _bus.Write(0x08, (Start & uint.MaxValue) + 10);
        _bus.Write(0x14, 1);
        _bus.Initiator.Now = 100;
        _clock.Tick(_bus.Initiator);
        Assert.False(_line.Level);
        Assert.Equal(AccessResult.Error, _bus.TryRead(0, 8));
    }

    [Fact]
    public void The_port_hears_of_every_alarm_that_is_set_moved_or_cleared()
    {
        _bus.Write(0x0C, Start >> 32);
        _bus.Write(0x08, (Start & uint.MaxValue) + 10);
        _bus.Write(0x10, 1);
        _bus.Write(0x04, Start >> 32);
        _bus.Write(0x00, (Start & uint.MaxValue) + 4);
        _bus.Write(0x14, 1);
        Assert.Equal([(3, 10UL), (3, 6UL), (3, ulong.MaxValue)], _wishes);
    }

    void IAlarmPort.SetAlarm(int number, ulong at, IInitiator by) => _wishes.Add((number, at));
}
