namespace Soc.Devices.Virtio.Net;

/// <summary>The other end of a network card's cable: Ethernet frames without preamble and checksum.</summary>
public interface INetworkPeer
{
    /// <summary>The guest sent a frame.</summary>
    /// <param name="frame">Destination, source, type, payload; valid during the call.</param>
    void Send(ReadOnlySpan<byte> frame);

    /// <summary>Whether a frame waits for the guest.</summary>
    bool HasFrame { get; }

    /// <summary>Takes the next frame for the guest.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    byte[] Take();
}
