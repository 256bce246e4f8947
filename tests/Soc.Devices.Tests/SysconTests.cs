using Soc.Memory;

namespace Soc.Devices.Tests;

public class SysconTests
{
    private readonly Sink _sink = new();

    [Theory]
    [InlineData(0x5555u, FinishKind.Pass)]
    [InlineData(0x7777u, FinishKind.Reset)]
    public void Two_values_end_the_run(uint value, FinishKind kind)
    {
        new Bus(new Syscon(_sink)).Write(0, value);
        Assert.Equal([kind], _sink.Requests);
    }

    [Fact]
    public void The_values_are_a_choice_and_others_do_nothing()
    {
        var bus = new Bus(new Syscon(_sink, poweroff: 0x34, reboot: 0x35));
        bus.Write(0, 0x5555);
        bus.Write(4, 0x34);
        Assert.Equal(AccessResult.Error, bus.TryWrite(0, 0x34, 1));
        Assert.Empty(_sink.Requests);
        bus.Write(0, 0x34);
        bus.Write(0, 0x35);
        Assert.Equal([FinishKind.Pass, FinishKind.Reset], _sink.Requests);
    }

    private sealed class Sink : IFinisherSink
    {
        public List<FinishKind> Requests { get; } = [];

        public void Finish(FinishKind kind, int code, in BusAccess by) => Requests.Add(kind);
    }
}
