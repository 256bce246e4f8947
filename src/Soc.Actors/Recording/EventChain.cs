using System.Buffers;
using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using MessagePack;
using Soc.Actors.Messages;

namespace Soc.Actors.Recording;

/// <summary>
/// The digest chain of a run's events: after each event, SHA-256 over the digest before and the event (virtual time, sender,
/// sequence, receiver, message as MessagePack). Equal digests mean equal histories. Each event also has a short form with the
/// first bytes of its digest, from which a replay names the first event that is different. Turns of initiators have a chain of
/// their own, of which every 1,024th digest goes among the events.
/// </summary>
/// <remarks>
/// Short forms are packed one after another: difference of the time to the event before as a zigzag variable-length integer,
/// sender and receiver as variable-length integers, one byte for the kind of message, four bytes of the digest.
/// </remarks>
internal sealed class EventChain
{
    /// <summary>Stands in the place of a kind of message for the digest of the turns up to here.</summary>
    public const int Turns = byte.MaxValue;

    private const int HeaderSize = 24;
    private const int TurnsPerMark = 1024;

    private static readonly Dictionary<Type, int> _kinds = typeof(IAgentMessage).GetCustomAttributes<UnionAttribute>().ToDictionary(
        union => union.SubType, union => union.Key);

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

    private readonly byte[] _turns = new byte[SHA256.HashSizeInBytes];

    /// <summary>The digest after the last event.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    /// <summary>The digest after the last turn.</summary>
    public ReadOnlySpan<byte> TurnDigest => _turns;

    /// <summary>Turns so far.</summary>
    public ulong TurnCount { get; private set; }

    /// <summary>Adds a turn. True when its digest is to go among the events.</summary>
    public bool AppendTurn(int agent, ulong now, ulong wantsAt, out RecordedEvent mark)
    {
        Span<byte> turn = stackalloc byte[SHA256.HashSizeInBytes + 20];
        _turns.CopyTo(turn);
        BinaryPrimitives.WriteInt32LittleEndian(turn[32..], agent);
        BinaryPrimitives.WriteUInt64LittleEndian(turn[36..], now);
        BinaryPrimitives.WriteUInt64LittleEndian(turn[44..], wantsAt);
        SHA256.HashData(turn, _turns);
        mark = new RecordedEvent(now, agent, agent, Turns, BinaryPrimitives.ReadUInt32LittleEndian(_turns));
        return ++TurnCount % TurnsPerMark == 0;
    }

    /// <summary>Adds an event.</summary>
    public RecordedEvent Append(Envelope envelope)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write(_digest);
        Span<byte> header = _buffer.GetSpan(HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header, envelope.DeliverAt);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], envelope.From);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], envelope.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], envelope.To);
        _buffer.Advance(HeaderSize);
        MessagePackSerializer.Serialize(_buffer, envelope.Message);
        SHA256.HashData(_buffer.WrittenSpan, _digest);
        return new RecordedEvent(
            envelope.DeliverAt, envelope.From, envelope.To, _kinds.GetValueOrDefault(envelope.Message.GetType(), Turns - 1),
            BinaryPrimitives.ReadUInt32LittleEndian(_digest));
    }

    /// <summary>Name of a kind of message.</summary>
    public static string NameOf(int kind)
    {
        foreach ((Type type, int number) in _kinds)
        {
            if (number == kind)
            {
                return type.Name;
            }
        }

        return kind == Turns ? "a turn" : "an unknown message";
    }

    /// <summary>Packs a short form.</summary>
    public static void Pack(IBufferWriter<byte> to, in RecordedEvent item, ulong previousTime)
    {
        long difference = (long)(item.At - previousTime);
        WriteVariable(to, (ulong)((difference << 1) ^ (difference >> 63)));
        WriteVariable(to, (ulong)item.From);
        WriteVariable(to, (ulong)item.To);
        Span<byte> rest = to.GetSpan(5);
        rest[0] = (byte)item.Message;
        BinaryPrimitives.WriteUInt32LittleEndian(rest[1..], item.Fingerprint);
        to.Advance(5);
    }

    /// <summary>Unpacks the next short form; false when the bytes make none.</summary>
    public static bool TryUnpack(ref ReadOnlySpan<byte> from, ulong previousTime, out RecordedEvent item)
    {
        item = default;
        if (!TryReadVariable(ref from, out ulong zigzag) || !TryReadVariable(ref from, out ulong sender)
            || !TryReadVariable(ref from, out ulong receiver) || from.Length < 5)
        {
            return false;
        }

        ulong at = previousTime + ((zigzag >> 1) ^ (0 - (zigzag & 1)));
        item = new RecordedEvent(at, (int)sender, (int)receiver, from[0], BinaryPrimitives.ReadUInt32LittleEndian(from[1..]));
        from = from[5..];
        return true;
    }

    private static void WriteVariable(IBufferWriter<byte> to, ulong value)
    {
        Span<byte> bytes = to.GetSpan(10);
        int count = 0;
        for (; value > 0x7F; value >>= 7)
        {
            bytes[count++] = (byte)(value | 0x80);
        }

        bytes[count++] = (byte)value;
        to.Advance(count);
    }

    private static bool TryReadVariable(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (int index = 0; index < Math.Min(10, from.Length); index++)
        {
            value |= (ulong)(from[index] & 0x7F) << (7 * index);
            if ((from[index] & 0x80) == 0)
            {
                from = from[(index + 1)..];
                return true;
            }
        }

        return false;
    }
}
