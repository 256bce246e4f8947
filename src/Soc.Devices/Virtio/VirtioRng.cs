using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Devices.Virtio;

/// <summary>
/// A source of random numbers (virtio 1.2 section 5.4) that a seed determines: the same run gives the same numbers. Not for keys that matter.
/// </summary>
/// <param name="seed">Any number.</param>
public sealed class VirtioRng(ulong seed) : VirtioFunction(EntropyDeviceId, 1)
{
    /// <summary>Kind of device: entropy source.</summary>
    public const uint EntropyDeviceId = 4;

    private const int MostBytes = 4096;
    private readonly byte[] _bytes = new byte[MostBytes];
    private ulong _state = seed;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Configuration => [];

    /// <inheritdoc/>
    public override uint Handle(int queue, VirtioChain chain, IInitiator by)
    {
        ArgumentNullException.ThrowIfNull(chain);
        int length = (int)Math.Min(chain.WritableLength, MostBytes);
        for (int at = 0; at < length; at += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(at), NextWord());
        }

        chain.Write(0, _bytes.AsSpan(0, length));
        return (uint)length;
    }

    /// <summary>A Weyl sequence through a 64-bit mixing function (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").</summary>
    private ulong NextWord()
    {
        ulong word = _state += 0x9E37_79B9_7F4A_7C15;
        word = (word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9;
        word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB;
        return word ^ (word >> 31);
    }
}
