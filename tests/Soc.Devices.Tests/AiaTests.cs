using Soc.Devices.Aia;
using Soc.Memory;

namespace Soc.Devices.Tests;

public class AiaTests
{
    private const ulong All = ulong.MaxValue;
    private const ulong Delivery = 0x70, Threshold = 0x72, Pending = 0x80, Enable = 0xC0;
    private const ulong MachineFiles = 0x2400_0000, SupervisorFiles = 0x2800_0000;

    private readonly Harts _harts = new();
    private readonly FakeInitiator _device = new() { InitiatorId = 3 };

    [Fact]
    public void A3_8_a_message_shows_when_pending_enabled_and_delivered_and_a_claim_takes_it()
    {
        ImsicFile file = File();
        var bus = new Bus(new Imsic([file]));
        bus.Write(0, 40);
        Assert.Equal(0u, file.Top);
        Update(file, Enable, 0, (1UL << 40) | (1UL << 12));
        Assert.Equal(0x28_0028u, file.Top);
        Assert.Empty(_harts.Levels);
        Update(file, Delivery, All, 1);
        Assert.Equal([(0, HartInterruptLine.SupervisorExternal, true)], _harts.Levels);
        bus.Write(4, 0x0C00_0000);
        Assert.Equal(0xC_000Cu, file.ClaimTop(_device));
        Assert.Equal(0x28_0028u, file.ClaimTop(_device));
        Assert.Equal(0u, file.ClaimTop(_device));
        Assert.Equal((0, HartInterruptLine.SupervisorExternal, false), _harts.Levels[^1]);
    }

    [Fact]
    public void A3_8_a_threshold_hides_its_number_and_those_above()
    {
        ImsicFile file = File();
        Update(file, Enable, 0, All);
        Assert.Equal(All & ~1UL, Update(file, Enable, 0, 0));
        file.Receive(10, _device);
        Update(file, Threshold, All, 10);
        Assert.Equal(0u, file.Top);
        Update(file, Threshold, All, 11);
        Assert.Equal(0xA_000Au, file.Top);
        Update(file, Threshold, All, 0x1_0000);
        Assert.Equal(0u, Update(file, Threshold, 0, 0));
    }

    [Fact]
    public void A3_8_what_is_not_there()
    {
        ImsicFile file = File();
        Assert.False(file.TryUpdate(Pending + 1, 0, 0, _device, out _));
        Assert.False(file.TryUpdate(0x30, 0, 0, _device, out _));
        Assert.False(file.TryUpdate(0x100, 0, 0, _device, out _));
        Update(file, Pending, 0, 1);
        Assert.Equal(0u, Update(file, Pending, 0, 0));
        Assert.Equal(0u, Update(file, Pending + 8, 0, All));
        Assert.Equal(0u, Update(file, Pending + 8, 0, 0));
        file.Receive(0, _device);
        file.Receive(256, _device);
        Assert.Equal(0u, Update(file, Pending, 0, 0));
        var bus = new Bus(new Imsic([file], log2Pages: 1));
        bus.Write(0x1000, 9);
        Assert.Equal(0u, Update(file, Pending, 0, 0));
        Assert.Equal(AccessResult.Error, bus.TryWrite(0, 9, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImsicFile(100, 0, HartInterruptLine.MachineExternal, _harts));
    }

    [Fact]
    public void A4_5_a_level_in_direct_mode_follows_its_wire_and_claiming_does_not_end_it()
    {
        var aplic = new Aplic(32, 2, _harts, null);
        var bus = new Bus(aplic.Machine);
        Assert.Equal(0x8000_0000u, bus.Read(0));
        bus.Write(0, 0x104);
        Assert.Equal(0x8000_0100u, bus.Read(0));
        bus.Write(4 * 9, 6);
        bus.Write(0x3000 + (4 * 9), (1u << 18) | 5);
        bus.Write(0x1EDC, 9);
        bus.Write(0x4020, 1);
        aplic.LineOf(9).Set(true, _device);
        Assert.Equal([(1, HartInterruptLine.MachineExternal, true)], _harts.Levels);
        Assert.Equal(1u << 9, bus.Read(0x1D00));
        Assert.Equal((9u << 16) | 5, bus.Read(0x4038));
        Assert.Equal((9u << 16) | 5, bus.Read(0x403C));
        Assert.Single(_harts.Levels);
        aplic.LineOf(9).Set(false, _device);
        Assert.Equal((1, HartInterruptLine.MachineExternal, false), _harts.Levels[^1]);
        Assert.Equal(0u, bus.Read(0x403C));
    }

    [Fact]
    public void A4_5_edges_stay_until_claimed_the_best_priority_first()
    {
        var aplic = new Aplic(32, 1, _harts, null);
        var bus = new Bus(aplic.Machine);
        bus.Write(0, 0x100);
        bus.Write(0x4000, 1);
        foreach ((uint source, uint mode, uint priority) in new[] { (3u, 4u, 7u), (4u, 5u, 0u), (5u, 1u, 2u) })
        {
            bus.Write(4 * source, mode);
            bus.Write(0x3000 + (4 * source), priority);
            bus.Write(0x1E00, 1u << (int)source);
        }

        // The wire of source 4 is low: a falling edge counts as asserted when it is configured.
        bus.Write(0x1D00, 1 << 4);
        aplic.LineOf(3).Set(true, _device);
        aplic.LineOf(3).Set(false, _device);
        aplic.LineOf(4).Set(true, _device);
        Assert.Equal(1u << 3, bus.Read(0x1C00));
        aplic.LineOf(4).Set(false, _device);
        aplic.LineOf(5).Set(true, _device);
        Assert.Equal(0x18u, bus.Read(0x1C00));
        bus.Write(0x1CDC, 5);
        Assert.Equal((4u << 16) | 1, bus.Read(0x401C));
        bus.Write(0x4008, 3);
        Assert.Equal((5u << 16) | 2, bus.Read(0x401C));
        Assert.Equal(0u, bus.Read(0x401C));
        bus.Write(0x4008, 0);
        Assert.Equal((3u << 16) | 7, bus.Read(0x401C));
        bus.Write(0x4004, 1);
        Assert.Equal((0, HartInterruptLine.MachineExternal, true), _harts.Levels[^1]);
        Assert.Equal(0u, bus.Read(0x401C));
        Assert.Equal((0, HartInterruptLine.MachineExternal, false), _harts.Levels[^1]);
    }

    [Fact]
    public void A4_5_a_source_is_in_one_domain_only()
    {
        var aplic = new Aplic(32, 1, _harts, null);
        var machine = new Bus(aplic.Machine);
        var supervisor = new Bus(aplic.Supervisor);
        supervisor.Write(4 * 7, 6);
        Assert.Equal(0u, supervisor.Read(4 * 7));
        machine.Write(4 * 7, 0x400);
        Assert.Equal(0x400u, machine.Read(4 * 7));
        supervisor.Write(4 * 7, 6);
        Assert.Equal(6u, supervisor.Read(4 * 7));
        supervisor.Write(4 * 7, 0x400);
        Assert.Equal(0u, supervisor.Read(4 * 7));
        supervisor.Write(4 * 7, 6);
        supervisor.Write(0, 0x100);
        supervisor.Write(0x1EDC, 7);
        supervisor.Write(0x4000, 1);
        machine.Write(0x1EDC, 7);
        Assert.Equal(0u, machine.Read(0x1E00));
        aplic.LineOf(7).Set(true, _device);
        Assert.Equal([(0, HartInterruptLine.SupervisorExternal, true)], _harts.Levels);
        machine.Write(4 * 7, 0);
        Assert.Equal(0u, supervisor.Read(4 * 7));
        supervisor.Write(0, 0x100);
        Assert.Equal((0, HartInterruptLine.SupervisorExternal, false), _harts.Levels[^1]);
    }

    [Fact]
    public void A4_9_messages_go_to_the_harts_file()
    {
        var messages = new Messages();
        var aplic = new Aplic(32, 4, _harts, messages);
        var machine = new Bus(aplic.Machine);
        var supervisor = new Bus(aplic.Supervisor);
        machine.Write(0x1BC0, MachineFiles >> 12);
        machine.Write(0x1BC4, 2 << 12);
        machine.Write(0x1BC8, SupervisorFiles >> 12);
        machine.Write(0x1BCC, 1 << 20);
        Assert.Equal(0u, supervisor.Read(0x1BC0));
        machine.Write(4 * 5, 0x400);
        machine.Write(4 * 6, 4);
        machine.Write(0, 0x104);
        machine.Write(0x3000 + (4 * 6), (2u << 18) | 33);
        machine.Write(0x1EDC, 6);
        supervisor.Write(0, 0x104);
        Assert.Equal(0x8000_0104u, supervisor.Read(0));
        supervisor.Write(4 * 5, 6);
        supervisor.Write(0x3000 + (4 * 5), (3u << 18) | 44);
        supervisor.Write(0x1EDC, 5);
        aplic.LineOf(6).Set(true, _device);
        aplic.LineOf(5).Set(true, _device);
        Assert.Equal([(MachineFiles + 0x2000, 33u), (SupervisorFiles + 0x6000, 44u)], messages.Sent);

        // A level sends once; software repeats it as long as the wire is high.
        supervisor.Write(0x2000, 5);
        Assert.Equal(3, messages.Sent.Count);
        aplic.LineOf(5).Set(false, _device);
        supervisor.Write(0x2000, 5);
        Assert.Equal(3, messages.Sent.Count);
        machine.Write(0x3000, (1u << 18) | 7);
        Assert.Equal((MachineFiles + 0x1000, 7u), messages.Sent[^1]);
        Assert.Empty(_harts.Levels);
    }

    [Fact]
    public void A4_9_a_lock_keeps_the_addresses()
    {
        var bus = new Bus(new Aplic(32, 1, _harts, new Messages()).Machine);
        bus.Write(0x1BC0, 0x1234);
        bus.Write(0x1BC4, 0x8000_0000);
        bus.Write(0x1BC0, 0x5678);
        bus.Write(0x1BC4, 0);
        Assert.Equal(0x1234u, bus.Read(0x1BC0));
        Assert.Equal(0x8000_0000u, bus.Read(0x1BC4));
        Assert.Equal(AccessResult.Error, bus.TryRead(0, 8));
    }

    private ImsicFile File() => new(255, 0, HartInterruptLine.SupervisorExternal, _harts);

    private ulong Update(ImsicFile file, ulong select, ulong clear, ulong set)
    {
        Assert.True(file.TryUpdate(select, clear, set, _device, out ulong old));
        return old;
    }

    private sealed class Harts : IExternalInterruptPort
    {
        public List<(int Hart, HartInterruptLine Line, bool Level)> Levels { get; } = [];

        public void Set(int hartIndex, HartInterruptLine line, bool level, IInitiator by) => Levels.Add((hartIndex, line, level));
    }

    private sealed class Messages : IMessageSink
    {
        public List<(ulong Address, uint Data)> Sent { get; } = [];

        public void Send(ulong address, uint data, IInitiator by) => Sent.Add((address, data));
    }
}
