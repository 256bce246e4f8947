using Soc.Devices.Virtio;
using Soc.Devices.Virtio.Net;
using Soc.Memory;

namespace Soc.Devices.Tests.Virtio;

public class VirtioFunctionTests
{
    private static readonly byte[] _mac = [0x52, 0x54, 0, 0x12, 0x34, 0x56];

    [Fact]
    public void Random_numbers_follow_the_seed()
    {
        byte[] First(ulong seed)
        {
            using var bench = new VirtioBench(new VirtioRng(seed));
            bench.Start();
            return bench.Exchange(0, [], 64);
        }

        Assert.Equal(First(1), First(1));
        Assert.NotEqual(First(1), First(2));
        Assert.Equal(64, First(1).Chunk(8).SelectMany(word => word).Count());
        Assert.True(First(1).Distinct().Count() > 40);
    }

    [Fact]
    public void A_console_sends_and_receives()
    {
        var output = new Characters();
        var console = new VirtioConsole(output);
        using var bench = new VirtioBench(console);
        bench.Start();
        bench.Exchange(1, [.. "hi\n"u8], 0);
        Assert.Equal("hi\n", output.Text);

        bench.Describe(0, 0, VirtioBench.Ram + 0x8000, 4, VirtioBench.Write);
        bench.Offer(0, 0);
        bench.Notify(0);
        bench.Run();
        Assert.Null(bench.TakeUsed(0));
        console.Receive("abcdef"u8);
        bench.Run();
        Assert.Equal((0u, 4u), bench.TakeUsed(0));
        Assert.Equal([.. "abcd"u8], bench.Peek(VirtioBench.Ram + 0x8000, 4));
        Assert.Equal(2, console.Waiting);
        bench.Set(0x108, 'E');
        Assert.Equal("hi\nE", output.Text);
    }

    [Fact]
    public void A_network_card_passes_frames_both_ways()
    {
        var peer = new LoopbackPeer();
        using var bench = new VirtioBench(new VirtioNet(peer, _mac));
        bench.Start();
        Assert.Equal(0x12005452u, bench.Get(0x100));
        bench.Exchange(1, [.. new byte[12], .. ArpQuestion(0x0A000202)], 0);
        byte[] answer = bench.Exchange(0, [], 12 + 1514);
        Assert.Equal(1, answer[10]);
        Assert.Equal(_mac, answer[12..18]);
        Assert.Equal([0, 2], answer[32..34]);
        Assert.Equal([0x52, 0x55, 0x0A, 0x00, 0x02, 0x02, 10, 0, 2, 2], answer[34..44]);
    }

    [Fact]
    public void The_loopback_answers_nobody_who_asks_for_the_guest()
    {
        var peer = new LoopbackPeer();
        peer.Send(ArpQuestion(LoopbackPeer.GuestAddress));
        Assert.False(peer.HasFrame);
    }

    [Fact]
    public void The_loopback_answers_an_echo_request_with_a_right_checksum()
    {
        var peer = new LoopbackPeer();
        byte[] icmp = [8, 0, 0xF7, 0xFA, 0, 1, 0, 4];
        peer.Send(Packet(1, icmp));
        byte[] reply = peer.Take();
        Assert.Equal([10, 0, 2, 2, 10, 0, 2, 15], reply[26..34]);
        Assert.Equal([0, 0, 0xFF, 0xFA, 0, 1, 0, 4], reply[34..]);
    }

    [Fact]
    public void The_loopback_gives_out_an_address()
    {
        var peer = new LoopbackPeer();
        foreach ((byte asked, byte answered) in new (byte, byte)[] { (1, 2), (3, 5) })
        {
            byte[] dhcp = new byte[244];
            dhcp[0] = 1;
            dhcp[4] = 0xAA;
            byte[] cookie = [0x63, 0x82, 0x53, 0x63, 53, 1, asked, 255];
            cookie.CopyTo(dhcp, 236);
            byte[] udp = [0, 68, 0, 67, 0, 252, 0, 0];
            peer.Send(Packet(17, [.. udp, .. dhcp]));
            byte[] reply = peer.Take();
            byte[] message = reply[42..];
            Assert.Equal(2, message[0]);
            Assert.Equal(0xAA, message[4]);
            Assert.Equal([10, 0, 2, 15], message[16..20]);
            Assert.Equal([53, 1, answered], message[240..243]);
            Assert.Equal(0, OnesSum(reply[14..34]));
        }
    }

    private static int OnesSum(byte[] header)
    {
        int sum = 0;
        for (int i = 0; i < header.Length; i += 2)
        {
            sum += (header[i] << 8) | header[i + 1];
        }

        return ~((sum & 0xFFFF) + (sum >> 16)) & 0xFFFF;
    }

    private static byte[] ArpQuestion(uint target) =>
    [
        255, 255, 255, 255, 255, 255, .. _mac, 8, 6,
        0, 1, 8, 0, 6, 4, 0, 1, .. _mac, 10, 0, 2, 15, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(target).Reverse(),
    ];

    private static byte[] Packet(byte protocol, byte[] payload) =>
    [
        0x52, 0x55, 10, 0, 2, 2, .. _mac, 8, 0,
        0x45, 0, (byte)((20 + payload.Length) >> 8), (byte)(20 + payload.Length), 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 2, 15, 10, 0, 2, 2,
        .. payload,
    ];

    private sealed class Characters : ICharacterSink
    {
        public string Text { get; private set; } = string.Empty;

        public void Write(byte value, IInitiator by) => Text += (char)value;
    }
}
