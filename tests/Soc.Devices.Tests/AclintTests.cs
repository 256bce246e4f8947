using Soc.Memory;

namespace Soc.Devices.Tests;

public class AclintTests
{
    private readonly Port _port = new();

    [Theory]
    [InlineData(10_000_000UL, 1_000_000_000UL, 10_000_000UL)]
    [InlineData(10_000_000UL, 99UL, 0UL)]
    [InlineData(10_000_000UL, 100UL, 1UL)]
    [InlineData(32_768UL, 30_517UL, 0UL)]
    [InlineData(32_768UL, 30_518UL, 1UL)]
    [InlineData(3_000_000_000UL, 1UL, 3UL)]
    [InlineData(1_000_000_000UL, ulong.MaxValue, ulong.MaxValue)]
    public void Mtime_is_virtual_time_in_ticks_exactly(ulong frequency, ulong now, ulong ticks)
    {
        var timer = new AclintMtimer(1, frequency, _port);
        Assert.Equal(ticks, timer.TicksAt(now));
        var bus = new Bus(timer) { Initiator = { Now = now } };
        Assert.Equal(ticks, bus.Read(AclintMtimer.MtimeOffset, 8));
        Assert.Equal(ticks & 0xFFFF_FFFF, bus.Read(AclintMtimer.MtimeOffset));
        Assert.Equal(ticks >> 32, bus.Read(AclintMtimer.MtimeOffset + 4));
    }

    [Theory]
    [InlineData(10_000_000UL)]
    [InlineData(32_768UL)]
    [InlineData(1UL)]
    [InlineData(3_000_000_007UL)]
    public void Next_fire_is_the_first_instant_at_which_mtime_reaches_the_deadline(ulong frequency)
    {
        var timer = new AclintMtimer(1, frequency, _port);
        var bus = new Bus(timer) { Initiator = { Now = 123_456_789 } };
        bus.Write(AclintMtimer.MtimeOffset, 777, 8);
        foreach (ulong delta in new ulong[] { 1, 2, 3, 1000, 999_983 })
        {
            ulong deadline = 777 + delta;
            ulong fire = timer.NextFire(bus.Initiator.Now, deadline);
            Assert.True(timer.TicksAt(fire) >= deadline);
            Assert.True(timer.TicksAt(fire - 1) < deadline);
        }

        Assert.Equal(5UL + bus.Initiator.Now, timer.NextFire(5 + bus.Initiator.Now, 700));
    }

    [Fact]
    public void A_deadline_beyond_the_end_of_virtual_time_never_fires()
    {
        Assert.Equal(ulong.MaxValue, new AclintMtimer(1, 10_000_000, _port).NextFire(0, ulong.MaxValue));
    }

    [Fact]
    public void A_write_of_mtimecmp_sets_that_harts_deadline_by_halves_too()
    {
        var timer = new AclintMtimer(3, 10_000_000, _port);
        var bus = new Bus(timer);
        Assert.Equal(ulong.MaxValue, bus.Read(16, 8));
        bus.Write(16, 0x1_0000_0002, 8);
        bus.Write(20, 7);
        bus.Write(16, 9);
        Assert.Equal(0x7_0000_0009UL, bus.Read(16, 8));
        Assert.Equal([(2, 0x1_0000_0002UL), (2, 0x7_0000_0002UL), (2, 0x7_0000_0009UL)], _port.Deadlines);
        Assert.Equal(0x7_0000_0009UL, timer.DeadlineOf(2));
        bus.Write(24, 1, 8);
        Assert.Equal(0UL, bus.Read(24, 8));
        Assert.Equal(3, _port.Deadlines.Count);
        Assert.Equal(AccessResult.Error, bus.TryRead(0, 2));
        Assert.Equal(AccessResult.Error, bus.TryWrite(0, 0, 1));
    }

    [Fact]
    public void A_write_of_mtime_shifts_the_clock_and_hands_out_all_deadlines_again()
    {
        var timer = new AclintMtimer(2, 10_000_000, _port);
        var bus = new Bus(timer) { Initiator = { Now = 5_000 } };
        bus.Write(8, 100, 8);
        bus.Write(AclintMtimer.MtimeOffset, 10, 8);
        Assert.Equal(10UL, bus.Read(AclintMtimer.MtimeOffset, 8));
        Assert.Equal([(1, 100UL), (0, ulong.MaxValue), (1, 100UL)], _port.Deadlines);
        Assert.Equal(5_000UL + (90 * 100), timer.NextFire(5_000, 100));
        bus.Initiator.Now = 6_000;
        bus.Write(AclintMtimer.MtimeOffset + 4, 1);
        Assert.Equal(0x1_0000_0014UL, bus.Read(AclintMtimer.MtimeOffset, 8));
    }

    [Fact]
    public void Msip_is_one_bit_per_hart_and_reported_on_change()
    {
        var bus = new Bus(new AclintMswi(2, _port));
        bus.Write(4, 0xFFFF_FFFF);
        bus.Write(4, 1);
        Assert.Equal(1UL, bus.Read(4));
        Assert.Equal(0UL, bus.Read(0));
        bus.Write(4, 0xFFFF_FFFE);
        bus.Write(8, 1);
        Assert.Equal(0UL, bus.Read(8));
        Assert.Equal(
            [(1, HartInterruptLine.MachineSoftware, true), (1, HartInterruptLine.MachineSoftware, false)], _port.Software);
        Assert.Equal(AccessResult.Error, bus.TryWrite(0, 1, 8));
    }

    [Fact]
    public void Setssip_reads_zero_and_every_write_of_one_is_an_edge()
    {
        var bus = new Bus(new AclintSswi(2, _port));
        bus.Write(4, 1);
        bus.Write(4, 3);
        bus.Write(4, 2);
        bus.Write(8, 1);
        Assert.Equal(0UL, bus.Read(4));
        Assert.Equal(
            [(1, HartInterruptLine.SupervisorSoftware, true), (1, HartInterruptLine.SupervisorSoftware, true)], _port.Software);
        Assert.Equal(AccessResult.Error, bus.TryRead(0, 1));
    }

    [Fact]
    public void The_clint_has_sifives_offsets()
    {
        var bus = new Bus(new Clint(new AclintMswi(2, _port), new AclintMtimer(2, 10_000_000, _port))) { Initiator = { Now = 1_000_000 } };
        bus.Write(0x4, 1);
        bus.Write(0x4008, 42, 8);
        Assert.Equal(1UL, bus.Read(0x4));
        Assert.Equal(42UL, bus.Read(0x4008, 8));
        Assert.Equal(10_000UL, bus.Read(0xBFF8, 8));
        Assert.Equal(0UL, bus.Read(0xC000, 8));
        bus.Write(0xC000, 1, 8);
        Assert.Single(_port.Software);
        Assert.Equal([(1, 42UL)], _port.Deadlines);
    }

    private sealed class Port : IHartTimer, ISoftwareInterruptPort
    {
        public List<(int Hart, ulong Ticks)> Deadlines { get; } = [];

        public List<(int Hart, HartInterruptLine Line, bool Level)> Software { get; } = [];

        public void SetDeadline(int hartIndex, ulong deadlineTicks, in BusAccess by) => Deadlines.Add((hartIndex, deadlineTicks));

        public void Set(int hartIndex, HartInterruptLine line, bool level, in BusAccess by) => Software.Add((hartIndex, line, level));
    }
}
