using Soc.Devices.Dma;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Devices.Virtio;

/// <summary>What is the same for all virtio devices: costs, identity on the bus, queues.</summary>
public sealed record VirtioConfiguration
{
    /// <summary>Clock in Hz.</summary>
    public ulong Frequency { get; init; } = 1_000_000_000;

    /// <summary>What the device's transactions carry: requester id, world, security.</summary>
    public TransactionAttributes Attributes { get; init; } = TransactionAttributes.Specified;

    /// <summary>Largest queue, descriptors; a power of two, 1..32768.</summary>
    public int QueueSize { get; init; } = 256;

    /// <summary>Offers VIRTIO_F_ACCESS_PLATFORM: the driver must go through the platform's IOMMU (virtio 1.2 section 6).</summary>
    public bool AccessPlatform { get; init; }

    /// <summary>What translates the device's addresses; null = they are addresses of the bus.</summary>
    public IDmaTranslator? Translator { get; init; }

    /// <summary>Device id that its accesses carry on their way to the <see cref="Translator"/>, 24 bits.</summary>
    public uint DeviceId { get; init; }

    /// <summary>Cycles of one request, to which come those of its lines and what the TLB counts.</summary>
    public uint RequestCost { get; init; } = 64;

    /// <summary>Cycles for each 64 bytes moved.</summary>
    public uint LineCost { get; init; } = 1;

    /// <summary>Shape and costs of the private TLB; the device uses two contexts, whatever is said here.</summary>
    public TlbConfiguration Tlb { get; init; } = new() { Log2Entries = 6 };
}
