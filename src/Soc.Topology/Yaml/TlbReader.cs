namespace Soc.Topology.Yaml;

/// <summary>Reads the private TLB of an initiator.</summary>
internal static class TlbReader
{
    /// <summary>The TLB; the default when it is not described.</summary>
    public static TlbDescription Read(MapReader owner, int defaultEntries)
    {
        var tlb = new TlbDescription { Entries = defaultEntries };
        if (owner.OptionalMap("tlb") is not { } map)
        {
            return tlb;
        }

        int entries = map.OptionalInteger("entries", 16, 65536) ?? tlb.Entries;
        if ((entries & (entries - 1)) != 0)
        {
            map.Report("entries", $"{entries} is not a power of two", "use 64, 128, 256, 512 or another power of two");
        }

        tlb = new TlbDescription { Entries = entries, Victims = map.OptionalInteger("victims", 1, 64) ?? tlb.Victims };
        map.Finish();
        return tlb;
    }
}
