using Soc.Devices;
using Soc.Devices.Virtio;
using Soc.Devices.Virtio.Block;
using Soc.Devices.Virtio.Net;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Topology;

/// <summary>Builds virtio devices with what is behind them.</summary>
/// <param name="topology">The topology.</param>
/// <param name="ports">Where consoles and disks lead.</param>
internal sealed class VirtioBuilder(SocTopology topology, SystemPorts ports)
{
    /// <summary>Builds one device.</summary>
    /// <param name="device">What it is.</param>
    /// <param name="agent">Its number.</param>
    /// <param name="space">Its view of the SoC.</param>
    /// <param name="attributes">What its transactions carry, but for the world.</param>
    /// <param name="tlb">Its private TLB.</param>
    /// <param name="line">Its interrupt wire.</param>
    /// <param name="translator">What translates its addresses; null when nothing does.</param>
    public VirtioMmio Build(
        VirtioDescription device, int agent, AddressSpace space, TransactionAttributes attributes, TlbConfiguration tlb, IInterruptLine line, IommuTranslator? translator) =>
        new(
            agent,
            device.Name,
            space,
            new VirtioConfiguration
            {
                Frequency = device.Frequency,
                Attributes = topology.WorldGuard is null ? attributes : attributes.WithWorld((byte)device.Wid),
                AccessPlatform = translator is not null,
                Translator = translator,
                DeviceId = device.Iommu?.DeviceIds[0] ?? 0,
                Tlb = tlb,
            },
            FunctionOf(device, agent),
            line)
        {
            Clock = ports.Clock,
        };

    private VirtioFunction FunctionOf(VirtioDescription device, int agent) => device.Kind switch
    {
        VirtioKind.Block => new VirtioBlock(DiskOf(device), device.Name),
        VirtioKind.Network => new VirtioNet(new LoopbackPeer(), [0x52, 0x54, 0x00, 0x53, 0x6F, (byte)agent]),
        VirtioKind.Console => new VirtioConsole(ports.Console),
        _ => new VirtioRng(topology.Seed ^ ((ulong)agent << 32)),
    };

    private IBlockBacking DiskOf(VirtioDescription device)
    {
        if (device.File is null)
        {
            return new MemoryBacking(new byte[device.Size], device.IsReadOnly);
        }

        if (ports.OpenDisk is not { } open)
        {
            throw new ImageException($"{topology.File}:{device.Mark.Line}:{device.Mark.Column}: virtio.file: nobody here opens disk images; remove 'file'");
        }

        IBlockBacking disk = open(device.File, device.IsReadOnly || device.IsOverlay);
        return device is { IsOverlay: true, IsReadOnly: false } ? new OverlayBacking(disk) : disk;
    }
}
