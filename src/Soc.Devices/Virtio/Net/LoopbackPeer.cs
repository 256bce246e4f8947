using System.Buffers.Binary;

namespace Soc.Devices.Virtio.Net;

/// <summary>
/// A small network in one object, for guests that want an address and somebody who answers: ARP for every address but the guest's own, ICMP echo,
/// UDP echo on port 7, and a DHCP server (RFC 2131) that gives out 10.0.2.15/24 with router 10.0.2.2. Nothing leaves the process.
/// </summary>
public sealed class LoopbackPeer : INetworkPeer
{
    /// <summary>The address that the DHCP server gives out: 10.0.2.15.</summary>
    public const uint GuestAddress = 0x0A00020F;

    /// <summary>The router, which is the DHCP server as well: 10.0.2.2.</summary>
    public const uint RouterAddress = 0x0A000202;

    private const int EthernetHeader = 14;
    private const ushort TypeIpv4 = 0x0800;
    private const ushort TypeArp = 0x0806;
    private const int ArpLength = 28;
    private const int IpHeader = 20;
    private const int UdpHeader = 8;
    private const byte ProtocolIcmp = 1;
    private const byte ProtocolUdp = 17;
    private const ushort PortEcho = 7;
    private const ushort PortDhcpServer = 67;
    private const ushort PortDhcpClient = 68;
    private const int DhcpFixed = 240;
    private const int DhcpLength = 300;
    private const uint DhcpCookie = 0x63825363;
    private const byte DhcpMessageType = 53;
    private const byte DhcpDiscover = 1;
    private const byte DhcpOffer = 2;
    private const byte DhcpRequest = 3;
    private const byte DhcpAcknowledge = 5;
    private const int MostFrames = 1024;

    // Locally administered.
    private static readonly byte[] _routerMac = [0x52, 0x55, 0x0A, 0x00, 0x02, 0x02];
    private readonly Queue<byte[]> _frames = new();

    /// <inheritdoc/>
    public bool HasFrame => _frames.Count > 0;

    /// <inheritdoc/>
    public byte[] Take() => _frames.Dequeue();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader || _frames.Count >= MostFrames)
        {
            return;
        }

        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case TypeArp when frame.Length >= EthernetHeader + ArpLength:
                AnswerArp(frame);
                break;
            case TypeIpv4 when frame.Length >= EthernetHeader + IpHeader:
                AnswerIp(frame);
                break;
        }
    }

    private static byte[] ReplyTo(ReadOnlySpan<byte> frame, int length)
    {
        byte[] reply = new byte[length];
        frame[..Math.Min(length, frame.Length)].CopyTo(reply);
        frame.Slice(6, 6).CopyTo(reply);
        _routerMac.CopyTo(reply, 6);
        return reply;
    }

    /// <summary>The sum of RFC 1071 over bytes that may be followed by more, not yet complemented.</summary>
    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int i = 0; i + 1 < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return bytes.Length % 2 == 0 ? sum : sum + ((uint)bytes[^1] << 8);
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private void AnswerArp(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> arp = frame[EthernetHeader..];
        ReadOnlySpan<byte> sender = arp.Slice(14, 4);
        ReadOnlySpan<byte> target = arp.Slice(24, 4);

        // Operation 1 is a question; who asks for itself or announces itself wants no answer.
        if (BinaryPrimitives.ReadUInt16BigEndian(arp[6..]) != 1 || sender.SequenceEqual(target) ||
            BinaryPrimitives.ReadUInt32BigEndian(target) == GuestAddress)
        {
            return;
        }

        byte[] reply = ReplyTo(frame, EthernetHeader + ArpLength);
        Span<byte> answer = reply.AsSpan(EthernetHeader);
        answer[7] = 2;
        _routerMac.CopyTo(answer[8..]);
        target.CopyTo(answer[14..]);
        arp.Slice(8, 6).CopyTo(answer[18..]);
        sender.CopyTo(answer[24..]);
        _frames.Enqueue(reply);
    }

    private void AnswerIp(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> ip = frame[EthernetHeader..];
        int header = (ip[0] & 0xF) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0;
        if (ip[0] >> 4 != 4 || header < IpHeader || length < header || length > ip.Length || isFragment)
        {
            return;
        }

        ReadOnlySpan<byte> payload = ip[header..length];
        if (ip[9] == ProtocolIcmp && payload.Length >= 8 && payload[0] == 8)
        {
            byte[] reply = Turned(frame, header, payload);
            Span<byte> icmp = reply.AsSpan(EthernetHeader + header);
            icmp[0] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], Fold(Sum(icmp)));
            _frames.Enqueue(reply);
        }
        else if (ip[9] == ProtocolUdp && payload.Length >= UdpHeader)
        {
            AnswerUdp(frame, header, payload);
        }
    }

    private void AnswerUdp(ReadOnlySpan<byte> frame, int header, ReadOnlySpan<byte> udp)
    {
        switch (BinaryPrimitives.ReadUInt16BigEndian(udp[2..]))
        {
            case PortEcho:
                // Swapping ports and addresses leaves the checksum as it is.
                byte[] reply = Turned(frame, header, udp);
                Span<byte> echo = reply.AsSpan(EthernetHeader + header);
                udp.Slice(2, 2).CopyTo(echo);
                udp[..2].CopyTo(echo[2..]);
                _frames.Enqueue(reply);
                break;
            case PortDhcpServer when udp.Length >= UdpHeader + DhcpFixed:
                AnswerDhcp(frame, udp[UdpHeader..]);
                break;
        }
    }

    /// <summary>A copy of an IP packet on its way back.</summary>
    private static byte[] Turned(ReadOnlySpan<byte> frame, int header, ReadOnlySpan<byte> payload)
    {
        byte[] reply = ReplyTo(frame, EthernetHeader + header + payload.Length);
        Span<byte> ip = reply.AsSpan(EthernetHeader);
        frame.Slice(EthernetHeader + 16, 4).CopyTo(ip[12..]);
        frame.Slice(EthernetHeader + 12, 4).CopyTo(ip[16..]);
        return reply;
    }

    private void AnswerDhcp(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> request)
    {
        byte answer = MessageTypeOf(request[DhcpFixed..]) switch
        {
            DhcpDiscover => DhcpOffer,
            DhcpRequest => DhcpAcknowledge,
            _ => 0,
        };
        if (answer == 0 || request[0] != 1 || BinaryPrimitives.ReadUInt32BigEndian(request[236..]) != DhcpCookie)
        {
            return;
        }

        byte[] reply = new byte[EthernetHeader + IpHeader + UdpHeader + DhcpLength];
        frame.Slice(6, 6).CopyTo(reply);
        _routerMac.CopyTo(reply, 6);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(12), TypeIpv4);
        Span<byte> message = reply.AsSpan(EthernetHeader + IpHeader + UdpHeader);
        request[..236].CopyTo(message);
        message[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(message[16..], GuestAddress);
        BinaryPrimitives.WriteUInt32BigEndian(message[20..], RouterAddress);
        BinaryPrimitives.WriteUInt32BigEndian(message[236..], DhcpCookie);
        ReadOnlySpan<byte> options =
        [
            DhcpMessageType, 1, answer,
            54, 4, 10, 0, 2, 2,
            51, 4, 0, 1, 0x51, 0x80,
            1, 4, 255, 255, 255, 0,
            3, 4, 10, 0, 2, 2,
            255,
        ];
        options.CopyTo(message[DhcpFixed..]);
        Wrap(reply);
        _frames.Enqueue(reply);
    }

    /// <summary>Fills in the IP and UDP headers of a DHCP answer, which goes to everybody: the client has no address yet.</summary>
    private static void Wrap(byte[] frame)
    {
        Span<byte> ip = frame.AsSpan(EthernetHeader);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = ProtocolUdp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], RouterAddress);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], uint.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip[..IpHeader])));
        Span<byte> udp = ip[IpHeader..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, PortDhcpServer);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], PortDhcpClient);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        ushort sum = Fold(Sum(udp, Sum(ip.Slice(12, 8), ProtocolUdp + (uint)udp.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? ushort.MaxValue : sum);
    }

    private static byte MessageTypeOf(ReadOnlySpan<byte> options)
    {
        for (int at = 0; at + 2 < options.Length && options[at] != 255;)
        {
            if (options[at] == DhcpMessageType)
            {
                return options[at + 2];
            }

            at += options[at] == 0 ? 1 : 2 + options[at + 1];
        }

        return 0;
    }
}
