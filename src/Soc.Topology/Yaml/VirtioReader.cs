using Soc.Devices.Virtio;

namespace Soc.Topology.Yaml;

/// <summary>Reads virtio devices.</summary>
internal sealed class VirtioReader(TopologyContext context, DmaIommuReader iommus)
{
    private const ulong SectorSize = 512;
    private const ulong DefaultDiskSize = 64 << 20;

    /// <summary>Reads one device.</summary>
    public VirtioDescription Read(MapReader map)
    {
        string name = context.ReadName(map);
        VirtioKind kind = map.RequiredChoice("kind", Choices.VirtioKinds) ?? VirtioKind.Rng;
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        map.Aligned("base", start, TopologyContext.PageSize);
        if (map.Has("base"))
        {
            context.Claimed(map, name, start, VirtioMmio.RegionSize);
        }

        int wid = 0;
        if (context.WorldGuard is { } worlds)
        {
            wid = map.OptionalInteger("wid", 0, worlds.Worlds - 1) ?? worlds.EffectiveTrustedWid;
        }
        else
        {
            TopologyContext.NeedsWorlds(map, "wid");
        }

        string? file = null;
        ulong size = DefaultDiskSize;
        bool isReadOnly = false;
        bool isOverlay = false;
        if (kind == VirtioKind.Block)
        {
            file = map.OptionalText("file", "name a disk image") is { } path ? context.Locate(path) : null;
            size = map.Optional<ulong>("size", Quantity.TrySize, Hints.Size) ?? size;
            isReadOnly = map.OptionalBoolean("read-only") ?? false;
            isOverlay = map.OptionalBoolean("overlay") ?? false;
            if (size == 0 || size % SectorSize != 0)
            {
                map.Report("size", $"a disk of {size} bytes has no whole sectors", "give a multiple of 512 bytes, such as 64MiB");
            }

            if (file is not null && map.Has("size"))
            {
                map.Report("size", "the disk's image has a size of its own", "remove 'size', or 'file'");
            }
        }

        var device = new VirtioDescription
        {
            Name = name,
            Kind = kind,
            Base = start,
            Interrupt = context.ReadInterrupt(map, name),
            File = file,
            Size = size,
            IsReadOnly = isReadOnly,
            IsOverlay = isOverlay,
            Wid = wid,
            Identity = new IdentityReader(context).ReadEngine(map),
            Frequency = map.Optional<ulong>("frequency", Quantity.TryFrequency, Hints.Frequency) ?? context.Frequency,
            Tlb = TlbReader.Read(map, TlbDescription.OfDevice),
            Iommu = iommus.Read(map, name),
            Mark = map.Mark,
        };
        map.Finish();
        return device;
    }
}
