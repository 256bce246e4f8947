using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Devices.Virtio;

/// <summary>A console with one port (virtio 1.2 section 5.3): queue 0 receives, queue 1 transmits.</summary>
/// <remarks>config: 0x0 columns 2, 0x2 rows 2, 0x4 max_nr_ports 4, 0x8 emergency write 4 (W).</remarks>
public sealed class VirtioConsole : VirtioFunction
{
    /// <summary>Kind of device: console.</summary>
    public const uint ConsoleDeviceId = 3;

    private const ulong FeatureEmergencyWrite = 1UL << 2;
    private const int EmergencyOffset = 8;
    private const int PieceSize = 4096;

    private readonly ICharacterSink _output;
    private readonly IInitiator _itself;
    private readonly Queue<byte> _input = new();
    private readonly byte[] _configuration = new byte[12];
    private readonly byte[] _piece = new byte[PieceSize];

    /// <summary>Creates a console.</summary>
    /// <param name="output">Gets every transmitted byte.</param>
    /// <param name="itself">Who emergency writes are said to come from.</param>
    public VirtioConsole(ICharacterSink output, IInitiator? itself = null)
        : base(ConsoleDeviceId, 2)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _itself = itself ?? NoInitiator.Instance;
        BinaryPrimitives.WriteUInt16LittleEndian(_configuration, 80);
        BinaryPrimitives.WriteUInt16LittleEndian(_configuration.AsSpan(2), 25);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(4), 1);
    }

    /// <inheritdoc/>
    public override ulong Features => FeatureEmergencyWrite;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Configuration => _configuration;

    /// <summary>Bytes that have arrived and that the guest has no buffer for yet.</summary>
    public int Waiting => _input.Count;

    /// <summary>Bytes arrive from outside; between two calls of the transport's Run.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            _input.Enqueue(value);
        }
    }

    /// <inheritdoc/>
    public override void WriteConfiguration(int offset, byte value)
    {
        if (offset == EmergencyOffset)
        {
            _output.Write(value, _itself);
        }
    }

    /// <inheritdoc/>
    public override bool WantsChain(int queue) => queue == 1 || _input.Count > 0;

    /// <inheritdoc/>
    public override uint Handle(int queue, VirtioChain chain, IInitiator by)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return queue == 0 ? Fill(chain) : Send(chain, by);
    }

    private uint Fill(VirtioChain chain)
    {
        int length = (int)Math.Min(Math.Min(chain.WritableLength, PieceSize), (ulong)_input.Count);
        for (int i = 0; i < length; i++)
        {
            _piece[i] = _input.Dequeue();
        }

        chain.Write(0, _piece.AsSpan(0, length));
        return (uint)length;
    }

    private uint Send(VirtioChain chain, IInitiator by)
    {
        for (ulong done = 0; done < chain.ReadableLength;)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(chain.ReadableLength - done, PieceSize));
            chain.Read(done, piece);
            foreach (byte value in piece)
            {
                _output.Write(value, by);
            }

            done += (ulong)piece.Length;
        }

        return 0;
    }
}
