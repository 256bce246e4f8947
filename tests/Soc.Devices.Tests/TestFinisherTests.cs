using Soc.Memory;

namespace Soc.Devices.Tests;

public class TestFinisherTests
{
    private readonly Sink _sink = new();
    private readonly Bus _bus;

    public TestFinisherTests() => _bus = new Bus(new TestFinisher(_sink));

    [Theory]
    [InlineData(0x5555u, FinishKind.Pass, 0)]
    [InlineData(0x7777u, FinishKind.Reset, 0)]
    [InlineData(0x0003_3333u, FinishKind.Fail, 3)]
    [InlineData(0xFFFF_3333u, FinishKind.Fail, 0xFFFF)]
    public void A_store_asks_for_the_end(uint value, FinishKind kind, int code)
    {
        _bus.Write(0, value);
        Assert.Equal([(kind, code)], _sink.Requests);
    }

    [Fact]
    public void Other_values_offsets_and_widths_do_nothing()
    {
        _bus.Write(0, 0x1234);
        _bus.Write(4, 0x5555);
        Assert.Equal(0u, _bus.Read(0));
        Assert.Equal(AccessResult.Error, _bus.TryWrite(0, 0x55, 1));
        Assert.Equal(AccessResult.Error, _bus.TryRead(0, 8));
        Assert.Empty(_sink.Requests);
        _bus.Write(0, 0x3333, 2);
        Assert.Equal([(FinishKind.Fail, 0)], _sink.Requests);
    }

    private sealed class Sink : IFinisherSink
    {
        public List<(FinishKind Kind, int Code)> Requests { get; } = [];

        public void Finish(FinishKind kind, int code, in BusAccess by) => Requests.Add((kind, code));
    }
}
