using System.Text;
using Soc.Memory;

namespace Soc.Devices.Tests;

public class Ns16550UartTests
{
    private const ulong Rbr = 0, Thr = 0, Ier = 1, Iir = 2, Fcr = 2, Lcr = 3, Mcr = 4, Lsr = 5, Msr = 6, Scr = 7;

    private readonly FakeLine _line = new();
    private readonly Sink _sink = new();
    private readonly Ns16550Uart _uart;
    private readonly Bus _bus;

    public Ns16550UartTests()
    {
        _uart = new Ns16550Uart(_sink, _line);
        _bus = new Bus(_uart);
    }

    [Fact]
    public void What_is_written_to_thr_reaches_the_sink_and_the_transmitter_is_idle_again()
    {
        foreach (byte letter in "Soc"u8)
        {
            Write(Thr, letter);
        }

        Assert.Equal("Soc", _sink.Text);
        Assert.Equal(0x60, Read(Lsr));
        Assert.False(_line.Level);
    }

    [Fact]
    public void The_divisor_latch_hides_the_data_and_interrupt_registers()
    {
        Write(Ier, 0xFF);
        Write(Lcr, 0x83);
        Write(0, 0x34);
        Write(1, 0x12);
        Assert.Equal((0x34, 0x12), (Read(0), Read(1)));
        Write(Lcr, 0x03);
        Assert.Equal(0x0F, Read(Ier));
        Assert.Equal("", _sink.Text);
        Write(Scr, 0xA5);
        Assert.Equal(0xA5, Read(Scr));
    }

    [Fact]
    public void Without_fifos_a_second_byte_waits_on_the_wire()
    {
        Receive("ab");
        Assert.Equal(0x61, Read(Lsr));
        Assert.Equal(2, _uart.ReceivedCount);
        Assert.Equal('a', Read(Rbr));
        Assert.Equal('b', Read(Rbr));
        Assert.Equal(0x60, Read(Lsr));
        Assert.Equal(0, Read(Rbr));
    }

    [Theory]
    [InlineData(0x01, 1)]
    [InlineData(0x41, 4)]
    [InlineData(0x81, 8)]
    [InlineData(0xC1, 14)]
    public void The_trigger_level_divides_timeout_from_data_available(byte fifoControl, int trigger)
    {
        Write(Fcr, fifoControl);
        Write(Ier, 1);
        Assert.Equal(0xC1, Read(Iir));
        for (int count = 1; count <= 16; count++)
        {
            Receive("x");
            Assert.True(_line.Level);
            Assert.Equal(count >= trigger ? 0xC4 : 0xCC, Read(Iir));
        }

        for (int count = 16; count > 0; count--)
        {
            Assert.Equal('x', Read(Rbr));
        }

        Assert.False(_line.Level);
        Assert.Equal(1, _line.Edges);
    }

    [Fact]
    public void The_fifo_holds_sixteen_bytes_and_clearing_it_lets_the_wire_refill_it()
    {
        Write(Fcr, 1);
        Receive("0123456789abcdefXY");
        Write(Fcr, 3);
        Assert.Equal('X', Read(Rbr));
        Assert.Equal('Y', Read(Rbr));
        Assert.Equal(0, _uart.ReceivedCount);
    }

    [Fact]
    public void The_transmitter_interrupt_comes_when_enabled_and_after_each_byte_and_goes_by_reading_iir()
    {
        Write(Ier, 2);
        Assert.True(_line.Level);
        Assert.Equal(0x02, Read(Iir));
        Assert.False(_line.Level);
        Assert.Equal(0x01, Read(Iir));
        Write(Ier, 2);
        Assert.False(_line.Level);
        Write(Thr, 'x');
        Assert.True(_line.Level);
        Write(Ier, 0);
        Assert.False(_line.Level);
    }

    [Fact]
    public void Received_data_outranks_the_transmitter_and_reading_iir_then_keeps_the_transmitter_pending()
    {
        Write(Ier, 3);
        Receive("a");
        Assert.Equal(0x04, Read(Iir));
        Read(Rbr);
        Assert.Equal(0x02, Read(Iir));
        Assert.Equal(0x01, Read(Iir));
    }

    [Fact]
    public void Loop_back_returns_bytes_and_modem_lines_and_reports_overrun()
    {
        Write(Mcr, 0x10);
        Assert.Equal(0x0, Read(Msr) & 0xF0);
        Write(Mcr, 0x1F);
        Assert.Equal(0xF0 | 0b1011, Read(Msr));
        Assert.Equal(0xF0, Read(Msr));
        Write(Ier, 0x4);
        Write(Thr, 'a');
        Write(Thr, 'b');
        Assert.Equal("", _sink.Text);
        Assert.Equal(0x06, Read(Iir));
        Assert.Equal(0x63, Read(Lsr));
        Assert.False(_line.Level);
        Assert.Equal(0x61, Read(Lsr));
        Assert.Equal('b', Read(Rbr));
    }

    [Fact]
    public void The_modem_status_interrupt_goes_by_reading_msr()
    {
        Write(Ier, 8);
        Write(Mcr, 0x10);
        Assert.True(_line.Level);
        Assert.Equal(0x00, Read(Iir));
        Read(Msr);
        Assert.False(_line.Level);
    }

    [Fact]
    public void A_debugger_reads_without_side_effects()
    {
        Receive("a");
        _bus.Attributes = TransactionAttributes.DebugAccess;
        Assert.Equal('a', Read(Rbr));
        _bus.Attributes = TransactionAttributes.Specified;
        Assert.Equal('a', Read(Rbr));
        Assert.Equal(0, _uart.ReceivedCount);
    }

    [Fact]
    public void Registers_four_bytes_apart_answer_at_their_multiples_only()
    {
        var bus = new Bus(new Ns16550Uart(_sink, _line, registerShift: 2, registerWidth: 4));
        bus.Write(Scr * 4, 0x5A);
        Assert.Equal(0x5Au, bus.Read(Scr * 4));
        Assert.Equal(0x5Au, bus.Read(Scr * 4, 1));
        Assert.Equal(0u, bus.Read((Scr * 4) + 1, 1));
        Assert.Equal(AccessResult.Error, bus.TryRead(0, 2));
        Assert.Equal(AccessResult.Error, _bus.TryWrite(0, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ns16550Uart(_sink, _line, 0, 4));
    }

    [Fact]
    public void Reset_lowers_the_line_and_clears_the_enables()
    {
        Write(Ier, 2);
        _uart.Reset(_bus.Initiator);
        Assert.False(_line.Level);
        Assert.Equal(0, Read(Ier));
    }

    [Fact]
    public async Task Several_harts_may_write_at_once_and_no_byte_is_lost()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(hart => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Write(Thr, 'a' + hart);
            }
        })));
        Assert.All("abcd", letter => Assert.Equal(1000, _sink.Text.Count(c => c == letter)));
    }

    [Fact]
    public void Every_new_cause_asserts_the_wire_once_more()
    {
        Write(Fcr, 1);
        Write(Ier, 1);
        Receive("ab");
        Assert.Equal(2, _line.Assertions);
        Write(Ier, 3);
        Assert.Equal(3, _line.Assertions);
        Write(Thr, 'x');
        Assert.Equal(4, _line.Assertions);
        Read(Lsr);
        Read(Rbr);
        Write(Scr, 1);
        Assert.Equal(4, _line.Assertions);
        Read(Rbr);
        Read(Iir);
        Assert.Equal((1, false), (_line.Edges, _line.Level));
    }

    private int Read(ulong register) => (int)_bus.Read(register, 1);

    private void Write(ulong register, int value) => _bus.Write(register, (ulong)value, 1);

    private void Receive(string text)
    {
        foreach (char letter in text)
        {
            _uart.Receive((byte)letter, _bus.Initiator);
        }
    }

    private sealed class Sink : ICharacterSink
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public void Write(byte value, IInitiator by) => _text.Append((char)value);
    }
}
