using System.Text;
using Soc.Memory;

namespace Soc.Devices.Tests;

public class StudyPortTests
{
    private readonly Sink _sink = new();
    private readonly StudyPort _port;

    public StudyPortTests() => _port = new StudyPort(2, _sink);

    [Fact]
    public void A_window_has_a_range_a_name_and_what_the_guest_found_wrong()
    {
        Name(0, "alternating loads");
        Write(0, 0x08, 0x1000);
        Write(0, 0x10, 0x1FFF);
        Write(0, 0x18, 0);
        Write(0, 0x20, 7);
        Write(0, 0x18, 0);
        Write(0, 0x20, 0);
        Assert.Equal(["0: begin 1000-1fff", "0: end 'alternating loads' 7", "0: begin 1000-1fff", "0: end '' 0"], _sink.Calls);
    }

    [Fact]
    public void Initiators_do_not_see_each_others_registers()
    {
        Name(0, "zero");
        Name(1, "one");
        Write(0, 0x08, 0x5000);
        Write(1, 0x18, 0);
        Write(1, 0x20, 1);
        Write(0, 0x20, 2);
        Assert.Equal(["1: begin 0-ffffffffffffffff", "1: end 'one' 1", "0: end 'zero' 2"], _sink.Calls);
    }

    [Fact]
    public void A_name_is_printable_and_has_an_end()
    {
        Write(0, 0x00, 0x0A_42_00_41);
        Name(0, new string('z', 100));
        Write(0, 0x20, 0);
        Assert.Equal([$"0: end 'AB?{new string('z', StudyPort.MaximumName - 3)}' 0"], _sink.Calls);
    }

    [Fact]
    public void Strangers_other_widths_and_other_offsets_do_nothing()
    {
        Write(2, 0x20, 0);
        Write(-1, 0x20, 0);
        Write(0, 0x28, 0);
        Assert.Equal(AccessResult.Error, _port.Write(new BusAccess(0x20, 4, AccessKind.Store, default, 0x20, new FakeInitiator()), 0));
        Assert.Equal(AccessResult.Error, _port.Read(new BusAccess(0x20, 4, AccessKind.Load, default, 0x20, new FakeInitiator()), out _));
        Assert.Equal(AccessResult.Ok, _port.Read(new BusAccess(0x20, 8, AccessKind.Load, default, 0x20, new FakeInitiator()), out ulong value));
        Assert.Equal(0UL, value);
        Assert.Empty(_sink.Calls);
    }

    private void Name(int initiator, string text)
    {
        foreach (byte[] part in Encoding.ASCII.GetBytes(text).Chunk(8))
        {
            Write(initiator, 0x00, part.Reverse().Aggregate(0UL, (word, character) => (word << 8) | character));
        }
    }

    private void Write(int initiator, ulong offset, ulong value) =>
        Assert.Equal(AccessResult.Ok, _port.Write(new BusAccess(offset, 8, AccessKind.Store, default, offset, new FakeInitiator { InitiatorId = initiator }), value));

    private sealed class Sink : IStudySink
    {
        public List<string> Calls { get; } = [];

        public void BeginStudy(ulong first, ulong last, in BusAccess by) => Calls.Add($"{by.Initiator.InitiatorId}: begin {first:x}-{last:x}");

        public void EndStudy(string name, ulong wrong, in BusAccess by) => Calls.Add($"{by.Initiator.InitiatorId}: end '{name}' {wrong}");
    }
}
