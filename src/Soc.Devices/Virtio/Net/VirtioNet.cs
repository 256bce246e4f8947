using Soc.Memory;

namespace Soc.Devices.Virtio.Net;

/// <summary>A network card (virtio 1.2 section 5.1): queue 0 receives, queue 1 transmits; no offloads.</summary>
/// <remarks>
/// A frame comes after a header of 12 bytes (section 5.1.6), of which the device writes num_buffers = 1 and leaves the rest zero.
/// config: 0x0 MAC address 6, 0x6 status 2 (0 link is up), 0x8 max_virtqueue_pairs 2, 0xa MTU 2.
/// </remarks>
public sealed class VirtioNet : VirtioFunction
{
    /// <summary>Kind of device: network card.</summary>
    public const uint NetworkDeviceId = 1;

    private const ulong FeatureMac = 1UL << 5;
    private const ulong FeatureStatus = 1UL << 16;
    private const int HeaderSize = 12;
    private const int BuffersOffset = 10;
    private const int LargestFrame = 65536;

    private readonly INetworkPeer _peer;
    private readonly byte[] _configuration = new byte[12];

    /// <summary>Creates a card.</summary>
    /// <param name="peer">What it is connected with.</param>
    /// <param name="address">MAC address, 6 bytes.</param>
    public VirtioNet(INetworkPeer peer, ReadOnlySpan<byte> address)
        : base(NetworkDeviceId, 2)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentOutOfRangeException.ThrowIfNotEqual(address.Length, 6, nameof(address));
        _peer = peer;
        address.CopyTo(_configuration);
        _configuration[6] = 1;
        _configuration[8] = 1;
    }

    /// <inheritdoc/>
    /// <remarks>The header in front of a frame was shorter (virtio 1.2 section 5.1.6.1).</remarks>
    public override bool ServesOldDrivers => false;

    /// <inheritdoc/>
    public override ulong Features => FeatureMac | FeatureStatus;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Configuration => _configuration;

    /// <summary>Frames that were longer than the guest's buffer, or than any frame is.</summary>
    public ulong Dropped { get; private set; }

    /// <inheritdoc/>
    public override bool WantsChain(int queue) => queue == 1 || _peer.HasFrame;

    /// <inheritdoc/>
    public override uint Handle(int queue, VirtioChain chain, IInitiator by)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return queue == 0 ? Receive(chain) : Transmit(chain);
    }

    private uint Receive(VirtioChain chain)
    {
        byte[] frame = _peer.Take();
        if ((ulong)(HeaderSize + frame.Length) > chain.WritableLength)
        {
            Dropped++;
            return 0;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        header[BuffersOffset] = 1;
        chain.Write(0, header);
        chain.Write(HeaderSize, frame);
        return (uint)(HeaderSize + frame.Length);
    }

    private uint Transmit(VirtioChain chain)
    {
        if (chain.ReadableLength is < HeaderSize or > HeaderSize + LargestFrame)
        {
            Dropped++;
            return 0;
        }

        byte[] frame = new byte[chain.ReadableLength - HeaderSize];
        chain.Read(HeaderSize, frame);
        _peer.Send(frame);
        return 0;
    }
}
