using Soc.Devices.Dma;

namespace Soc.Topology.Yaml;

/// <summary>Reads DMA engines.</summary>
internal sealed class DmaReader(TopologyContext context, DmaIommuReader iommus)
{
    /// <summary>Reads one engine.</summary>
    public DmaDescription Read(MapReader map)
    {
        string name = context.ReadName(map);
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        map.Aligned("base", start, TopologyContext.PageSize);
        if (map.Has("base"))
        {
            context.Claimed(map, name, start, DmaEngine.RegionSize);
        }

        uint worlds = 1;
        if (context.WorldGuard is { } worldGuard)
        {
            worlds = context.ReadWorlds(map, "worlds", worldGuard);
        }
        else
        {
            TopologyContext.NeedsWorlds(map, "worlds");
        }

        ulong beat = map.Optional<ulong>("beat", Quantity.TrySize, "give the bytes of a beat: 1, 2, 4, 8, 16, 32 or 64") ?? 8;
        if (beat is < 1 or > 64 || (beat & (beat - 1)) != 0)
        {
            map.Report("beat", $"{beat} bytes is no beat of this bus", "use 1, 2, 4, 8, 16, 32 or 64");
        }

        int channels = map.OptionalInteger("channels", 1, DmaEngine.MaximumChannels) ?? 4;
        var engine = new DmaDescription
        {
            Name = name,
            Base = start,
            Interrupt = context.ReadInterrupt(map, name),
            Channels = channels,
            Worlds = worlds,
            Frequency = map.Optional<ulong>("frequency", Quantity.TryFrequency, Hints.Frequency) ?? context.Frequency,
            BeatSize = (int)beat,
            Identity = new IdentityReader(context).ReadEngine(map),
            Tlb = TlbReader.Read(map, TlbDescription.OfDevice),
            Iommu = iommus.Read(map, name, channels),
            Mark = map.Mark,
        };
        map.Finish();
        return engine;
    }
}
