using System.Numerics;

namespace Soc.Topology.Yaml;

/// <summary>Reads the private TLB of an initiator.</summary>
internal static class TlbReader
{
    /// <summary>The TLB; the default when it is not described. One whose size is said keeps it, unless a maximum is said too.</summary>
    public static TlbDescription Read(MapReader owner, TlbDescription standard)
    {
        if (owner.OptionalMap("tlb") is not { } map)
        {
            return standard;
        }

        int? entries = Entries(map, "entries");
        int? maximum = Entries(map, "maximum") ?? (entries is null ? standard.Maximum : null);
        var tlb = new TlbDescription
        {
            Entries = entries ?? standard.Entries,
            Maximum = maximum,
            Victims = map.OptionalInteger("victims", 1, 64) ?? standard.Victims,
        };
        if (maximum < tlb.Entries)
        {
            map.Report("maximum", $"{maximum} is less than the {tlb.Entries} entries that the TLB starts with", "make it the largest size that it may grow to");
        }

        map.Finish();
        return tlb;
    }

    private static int? Entries(MapReader map, string field)
    {
        int? entries = map.OptionalInteger(field, 16, 65536);
        if (entries is { } given && !BitOperations.IsPow2(given))
        {
            map.Report(field, $"{given} is not a power of two", "use 64, 128, 256, 512 or another power of two");
        }

        return entries;
    }
}
