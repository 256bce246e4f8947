using Soc.Memory;

namespace Soc.Devices.Tests;

public class PlicTests
{
    private const int Machine = 0, Supervisor = 1;

    private readonly Port _port = new();
    private readonly Plic _plic;
    private readonly Bus _bus;

    public PlicTests()
    {
        _plic = new Plic(
            95,
            [new PlicContext(0, HartInterruptLine.MachineExternal), new PlicContext(0, HartInterruptLine.SupervisorExternal), new PlicContext(1, HartInterruptLine.MachineExternal)],
            _port);
        _bus = new Bus(_plic);
    }

    [Fact]
    public void A_source_reaches_the_contexts_that_enable_it()
    {
        Prepare(10, priority: 1, Machine, 2);
        _plic.SetSource(10, true, _bus.Initiator);
        Assert.Equal(
            [(0, HartInterruptLine.MachineExternal, true), (1, HartInterruptLine.MachineExternal, true)], _port.Changes);
        Assert.Equal(1u << 10, Pending(0));
        Assert.Equal(10u, Claim(2));
        Assert.False(_port.Level(0, HartInterruptLine.MachineExternal));
        Assert.Equal(0u, Claim(Machine));
        Assert.Equal(0u, Pending(0));
    }

    [Fact]
    public void The_gateway_sends_no_second_request_before_completion()
    {
        Prepare(10, priority: 1, Machine);
        _plic.SetSource(10, true, _bus.Initiator);
        Assert.Equal(10u, Claim(Machine));
        _plic.SetSource(10, false, _bus.Initiator);
        _plic.SetSource(10, true, _bus.Initiator);
        Assert.Equal(0u, Pending(0));
        Complete(Machine, 10);
        Assert.Equal(10u, Claim(Machine));
        _plic.SetSource(10, false, _bus.Initiator);
        Complete(Machine, 10);
        Assert.Equal(0u, Claim(Machine));
    }

    [Fact]
    public void A_forwarded_request_stays_when_the_wire_falls()
    {
        Prepare(10, priority: 1, Machine);
        IInterruptLine line = _plic.LineOf(10);
        line.Set(true, _bus.Initiator);
        line.Set(false, _bus.Initiator);
        Assert.True(_port.Level(0, HartInterruptLine.MachineExternal));
        Assert.Equal(10u, Claim(Machine));
    }

    [Fact]
    public void A_completion_is_ignored_unless_the_source_is_enabled_for_the_context()
    {
        Prepare(10, priority: 1, Machine);
        _plic.SetSource(10, true, _bus.Initiator);
        Claim(Machine);
        Complete(Supervisor, 10);
        Complete(Machine, 9);
        Complete(Machine, 4000);
        Assert.Equal(0u, Pending(0));
        Complete(Machine, 10);
        Assert.Equal(1u << 10, Pending(0));
    }

    [Fact]
    public void The_threshold_masks_the_output_but_not_the_claim()
    {
        Prepare(3, priority: 2, Supervisor);
        _bus.Write(0x201000, 2);
        _plic.SetSource(3, true, _bus.Initiator);
        Assert.Empty(_port.Changes);
        _bus.Write(0x201000, 1);
        Assert.True(_port.Level(0, HartInterruptLine.SupervisorExternal));
        _bus.Write(0x201000, 7);
        Assert.False(_port.Level(0, HartInterruptLine.SupervisorExternal));
        Assert.Equal(3u, Claim(Supervisor));
    }

    [Fact]
    public void Claims_go_by_priority_then_by_number_and_priority_zero_never_interrupts()
    {
        Prepare(5, priority: 0, Machine);
        Prepare(40, priority: 3, Machine);
        Prepare(7, priority: 3, Machine);
        Prepare(95, priority: 7, Machine);
        foreach (int source in new[] { 5, 40, 7, 95 })
        {
            _plic.SetSource(source, true, _bus.Initiator);
        }

        Assert.Equal([95u, 7u, 40u, 0u], [Claim(Machine), Claim(Machine), Claim(Machine), Claim(Machine)]);
        Assert.Equal(1u << 5, Pending(0));
        Assert.False(_port.Level(0, HartInterruptLine.MachineExternal));
    }

    [Fact]
    public void Registers_are_legalised_and_foreign_ones_read_zero()
    {
        _bus.Write(0, 7);
        _bus.Write(4, 0xFFFF_FFFF);
        _bus.Write(4 * 96, 7);
        _bus.Write(0x1000, 0xFFFF_FFFF);
        _bus.Write(0x2000, 0xFFFF_FFFF);
        _bus.Write(0x2008, 0xFFFF_FFFF);
        _bus.Write(0x200C, 0xFFFF_FFFF);
        _bus.Write(0x2000 + (0x80 * 3), 0xFFFF_FFFF);
        _bus.Write(0x202000, 0xFF);
        _bus.Write(0x203000, 0xFF);
        Assert.Equal([0u, 7u, 0u, 0u], [_bus.Read(0), _bus.Read(4), _bus.Read(4 * 96), _bus.Read(0x1000)]);
        Assert.Equal([0xFFFF_FFFEu, 0xFFFF_FFFFu, 0u, 0u], [_bus.Read(0x2000), _bus.Read(0x2008), _bus.Read(0x200C), _bus.Read(0x2180)]);
        Assert.Equal([7u, 0u], [_bus.Read(0x202000), _bus.Read(0x203000)]);
        Assert.Equal(AccessResult.Error, _bus.TryRead(4, 8));
        Assert.Equal(AccessResult.Error, _bus.TryWrite(4, 1, 1));
    }

    [Fact]
    public void Enabling_and_raising_the_priority_of_a_pending_source_raises_the_output()
    {
        _plic.SetSource(33, true, _bus.Initiator);
        Assert.Equal(2u, Pending(1));
        _bus.Write(0x2004, 2);
        Assert.Empty(_port.Changes);
        _bus.Write(33 * 4, 1);
        Assert.True(_port.Level(0, HartInterruptLine.MachineExternal));
        _bus.Write(0x2004, 0);
        Assert.False(_port.Level(0, HartInterruptLine.MachineExternal));
    }

    [Fact]
    public void A_debugger_reads_the_claim_register_without_claiming()
    {
        Prepare(10, priority: 1, Machine);
        _plic.SetSource(10, true, _bus.Initiator);
        _bus.Attributes = TransactionAttributes.DebugAccess;
        Assert.Equal(10u, Claim(Machine));
        Assert.Equal(10u, Claim(Machine));
    }

    [Fact]
    public void Reset_forgets_claims_and_enables_and_high_wires_ask_again()
    {
        Prepare(10, priority: 1, Machine);
        _plic.SetSource(10, true, _bus.Initiator);
        Claim(Machine);
        _plic.Reset(_bus.Initiator);
        Assert.Equal(1u << 10, Pending(0));
        Assert.False(_port.Level(0, HartInterruptLine.MachineExternal));
    }

    [Fact]
    public void Wires_exist_for_existing_sources_only()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _plic.LineOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _plic.LineOf(96));
    }

    [Fact]
    public void A_uart_interrupts_through_its_wire_until_its_byte_is_read()
    {
        Prepare(10, priority: 1, Machine);
        var uart = new Ns16550Uart(new Nowhere(), _plic.LineOf(10));
        var serial = new Bus(uart);
        serial.Write(1, 1, 1);
        uart.Receive((byte)'!', serial.Initiator);
        Assert.True(_port.Level(0, HartInterruptLine.MachineExternal));
        Assert.Equal(10u, Claim(Machine));
        Assert.Equal('!', (char)serial.Read(0, 1));
        Complete(Machine, 10);
        Assert.False(_port.Level(0, HartInterruptLine.MachineExternal));
    }

    [Fact]
    public void An_edge_triggered_gateway_does_not_ask_again_of_a_wire_that_stays_high()
    {
        Plic plic = new(31, [new PlicContext(0, HartInterruptLine.MachineExternal)], _port, edgeTriggered: [10]);
        Bus bus = new(plic);
        bus.Write(10 * 4, 1);
        bus.Write(11 * 4, 1);
        bus.Write(0x2000, 3 << 10);
        plic.SetSource(10, true, bus.Initiator);
        plic.SetSource(11, true, bus.Initiator);
        Assert.Equal(10u, (uint)bus.Read(0x200004));
        Assert.Equal(11u, (uint)bus.Read(0x200004));
        bus.Write(0x200004, 10);
        bus.Write(0x200004, 11);
        Assert.Equal(1UL << 11, bus.Read(0x1000));
    }

    [Fact]
    public void An_edge_triggered_gateway_forwards_what_was_asserted_during_the_service_once_after_it()
    {
        Plic plic = new(31, [new PlicContext(0, HartInterruptLine.MachineExternal)], _port, edgeTriggered: [10]);
        Bus bus = new(plic);
        bus.Write(10 * 4, 1);
        bus.Write(0x2000, 1 << 10);
        plic.SetSource(10, true, bus.Initiator);
        Assert.Equal(10u, (uint)bus.Read(0x200004));
        plic.SetSource(10, true, bus.Initiator);
        plic.SetSource(10, true, bus.Initiator);
        plic.SetSource(10, false, bus.Initiator);
        Assert.Equal(0UL, bus.Read(0x1000));
        bus.Write(0x200004, 10);
        Assert.Equal(10u, (uint)bus.Read(0x200004));
        bus.Write(0x200004, 10);
        Assert.Equal(0u, (uint)bus.Read(0x200004));
    }

    /// <summary>xv6-riscv pull request 167 and riscv-rust pull request 162: a driver that never reads IIR works at an edge-triggered gateway only.</summary>
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 100)]
    public void Xv6_riscv_167_a_driver_that_does_not_acknowledge_the_transmitter_is_stormed_by_levels_only(bool edge, int services)
    {
        Plic plic = new(31, [new PlicContext(0, HartInterruptLine.MachineExternal)], _port, edgeTriggered: edge ? [10] : []);
        Bus bus = new(plic);
        List<char> echo = [];
        Ns16550Uart uart = new(new Echo(echo), plic.LineOf(10));
        Bus serial = new(uart);
        bus.Write(10 * 4, 1);
        bus.Write(0x2000, 1 << 10);
        serial.Write(2, 7, 1);
        serial.Write(1, 3, 1);
        int served = Serve();
        Assert.Equal(edge ? 1 : 100, served);
        uart.Receive((byte)'!', serial.Initiator);
        Assert.Equal(services, Serve());
        Assert.Equal(['!'], echo);

        int Serve()
        {
            int count = 0;
            for (; count < 100 && bus.Read(0x200004) == 10; count++)
            {
                while ((serial.Read(5, 1) & 1) != 0)
                {
                    serial.Write(0, serial.Read(0, 1), 1);
                }

                bus.Write(0x200004, 10);
            }

            return count;
        }
    }

    [Fact]
    public async Task Several_harts_claiming_at_once_share_each_request_out_once()
    {
        Prepare(10, priority: 1, Machine, 2);
        int claims = 0;
        for (int round = 0; round < 200; round++)
        {
            _plic.SetSource(10, true, _bus.Initiator);
            _plic.SetSource(10, false, _bus.Initiator);
            uint[] got = await Task.WhenAll(Task.Run(() => Claim(Machine)), Task.Run(() => Claim(2)));
            claims += got.Count(source => source == 10);
            Complete(got[0] == 10 ? Machine : 2, 10);
        }

        Assert.Equal(200, claims);
    }

    private void Prepare(int source, uint priority, params int[] contexts)
    {
        _bus.Write((ulong)source * 4, priority);
        foreach (int context in contexts)
        {
            ulong at = 0x2000 + (0x80 * (ulong)context) + ((ulong)source / 32 * 4);
            _bus.Write(at, _bus.Read(at) | (1u << (source % 32)));
        }
    }

    private uint Pending(int word) => (uint)_bus.Read(0x1000 + ((ulong)word * 4));

    private uint Claim(int context) => (uint)_bus.Read(0x200004 + (0x1000 * (ulong)context));

    private void Complete(int context, uint source) => _bus.Write(0x200004 + (0x1000 * (ulong)context), source);

    private sealed class Echo(List<char> text) : ICharacterSink
    {
        public void Write(byte value, IInitiator by) => text.Add((char)value);
    }

    private sealed class Nowhere : ICharacterSink
    {
        public void Write(byte value, IInitiator by) => Assert.Fail("nothing is transmitted here");
    }

    private sealed class Port : IExternalInterruptPort
    {
        public List<(int Hart, HartInterruptLine Line, bool Level)> Changes { get; } = [];

        public bool Level(int hart, HartInterruptLine line) =>
            Changes.LastOrDefault(change => change.Hart == hart && change.Line == line).Level;

        public void Set(int hartIndex, HartInterruptLine line, bool level, IInitiator by)
        {
            Assert.NotEqual(Level(hartIndex, line), level);
            Changes.Add((hartIndex, line, level));
        }
    }
}
