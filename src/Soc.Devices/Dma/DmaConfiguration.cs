using Soc.Memory;
using Soc.Tlb;

namespace Soc.Devices.Dma;

/// <summary>Shape and costs of one DMA engine.</summary>
public sealed record DmaConfiguration
{
    /// <summary>Channels, 1..8.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Most bytes of a beat: 1, 2, 4, 8, 16, 32 or 64.</summary>
    public int BeatBytes { get; init; } = 64;

    /// <summary>Cycles of one beat, to which the TLB adds what translations and devices cost.</summary>
    public uint BeatCost { get; init; } = 1;

    /// <summary>Cycles of reading a descriptor, and of writing its status back.</summary>
    public uint DescriptorCost { get; init; } = 4;

    /// <summary>Clock in Hz.</summary>
    public ulong Frequency { get; init; } = 1_000_000_000;

    /// <summary>What the transactions of channel 0 carry: requester id (device id), security, privilege; the world comes from <see cref="WorldGuard"/> when that is set.</summary>
    public TransactionAttributes Attributes { get; init; } = TransactionAttributes.Specified;

    /// <summary>What each further channel adds to the requester id: 0 = the whole engine is one requester.</summary>
    public uint RequesterStride { get; init; }

    /// <summary>Device id of each channel's transactions, 24 bits each; null = the requester id of the channel.</summary>
    public IReadOnlyList<uint>? DeviceIds { get; init; }

    /// <summary>TRANSLATION of each channel after reset; null = 0.</summary>
    public IReadOnlyList<ulong>? Translations { get; init; }

    /// <summary>What translates the channels' addresses; null = they are addresses of the bus.</summary>
    public IDmaTranslator? Translator { get; init; }

    /// <summary>Whether TRANSLATION.ATS may be set.</summary>
    public bool HasAts { get; init; }

    /// <summary>Whether TRANSLATION.PRI may be set.</summary>
    public bool HasPageRequests { get; init; }

    /// <summary>WID markers; null = no WorldGuard: the marker blocks read 0.</summary>
    public DmaWorldGuard? WorldGuard { get; init; }

    /// <summary>Shape and costs of the private TLB; the engine uses two contexts per channel, whatever is said here.</summary>
    public TlbConfiguration Tlb { get; init; } = new() { Log2Entries = 6 };
}
