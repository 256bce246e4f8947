namespace Soc.Topology.Yaml;

/// <summary>Reads the groups of harts.</summary>
internal sealed class HartReader(TopologyContext context)
{
    private const int MaximumHarts = 1024;

    /// <summary>All harts, in order of their ids.</summary>
    public List<HartDescription> Read()
    {
        const string example = "describe at least one group, such as '- {count: 1, isa: rv64imac_zicsr_zifencei_zicntr}'";
        if (!context.Root.Has("harts"))
        {
            context.Root.Report("harts", "is missing", example);
            return [];
        }

        List<HartDescription> harts = [];
        Dictionary<int, SourceMark> taken = [];
        IReadOnlyList<MapReader> groups = context.Root.Maps("harts");
        foreach (MapReader group in groups)
        {
            List<int> ids = ReadHartIds(group, taken);
            HartDescription pattern = ReadHartGroup(group);
            group.Finish();
            for (int index = 0; index < ids.Count; index++)
            {
                InitiatorIdentity identity = pattern.Identity;
                uint? requester = identity.Requester + ((uint)index * identity.RequesterStride);
                harts.Add(pattern with { Id = ids[index], Identity = identity with { Requester = requester } });
            }
        }

        if (groups.Count == 0)
        {
            context.Root.Report("harts", "there is no hart", example);
        }

        harts.Sort((left, right) => left.Id.CompareTo(right.Id));
        for (int index = 0; index < harts.Count; index++)
        {
            if (harts[index].Id != index)
            {
                context.Mistakes.Add(harts[index].Mark, "harts", $"hart id {index} is not used, but {harts[index].Id} is", "number the harts from 0 without gaps");
                break;
            }
        }

        return harts;
    }

    private static List<int> ReadHartIds(MapReader group, Dictionary<int, SourceMark> taken)
    {
        List<int> ids = [];
        if (group.Has("count") && group.Has("ids"))
        {
            group.Report("ids", "the group has a count as well", "keep either 'count' or 'ids'");
        }

        if (group.Has("ids"))
        {
            const string expected = "give ids such as 0-3, or a list such as [0, 2-3]";
            foreach ((string text, _) in group.OptionalTexts("ids", expected) ?? [])
            {
                string[] ends = text.Split('-');
                if (ends.Length > 2 || !Quantity.TryInteger(ends[0].Trim(), out ulong first) || !Quantity.TryInteger(ends[^1].Trim(), out ulong last) ||
                    first > last || last >= MaximumHarts)
                {
                    group.Report("ids", $"'{text}' is no range of ids below {MaximumHarts}", expected);
                    continue;
                }

                for (int id = (int)first; id <= (int)last; id++)
                {
                    if (taken.TryAdd(id, group.MarkOf("ids")))
                    {
                        ids.Add(id);
                    }
                    else
                    {
                        group.Report("ids", $"hart id {id} is used already (line {taken[id].Line})", "give every hart an id of its own");
                    }
                }
            }

            return ids;
        }

        int count = group.OptionalInteger("count", 1, MaximumHarts) ?? 1;
        for (int id = 0; ids.Count < count; id++)
        {
            if (taken.TryAdd(id, group.Mark))
            {
                ids.Add(id);
            }
        }

        if (ids[^1] >= MaximumHarts)
        {
            group.Report("count", $"there are more than {MaximumHarts} harts", $"a SoC has at most {MaximumHarts}");
        }

        return ids;
    }

    private HartDescription ReadHartGroup(MapReader group)
    {
        IsaString? isa = null;
        string text = group.Text("isa", "give an ISA string such as rv64imac_zicsr_zifencei_zicntr");
        if (text.Length > 0 && !IsaString.TryParse(text, out isa, out string? problem))
        {
            group.Report("isa", problem!, $"supported: {IsaString.Supported}");
        }

        isa ??= IsaString.Base;
        if (isa.HasSmwg && context.WorldGuard is null)
        {
            group.Report("isa", "'smwg' needs a machine with worlds", "add a 'worldguard:' section, or remove smwg and sswg");
        }

        int mwid = 0;
        uint list = 1;
        if (context.WorldGuard is { } worlds)
        {
            mwid = group.OptionalInteger("mwid", 0, worlds.Worlds - 1) ?? worlds.EffectiveTrustedWid;
            list = context.ReadWorlds(group, "mwidlist", worlds);
        }
        else
        {
            TopologyContext.NeedsWorlds(group, "mwid");
            TopologyContext.NeedsWorlds(group, "mwidlist");
        }

        return new HartDescription
        {
            Id = 0,
            Isa = isa,
            Frequency = group.Optional<ulong>("frequency", Quantity.TryFrequency, Hints.Frequency) ?? context.Frequency,
            ResetVector = ReadResetVector(group),
            Mwid = mwid,
            MwidList = list,
            Identity = new IdentityReader(context).ReadHarts(group),
            Tlb = TlbReader.Read(group, TlbDescription.OfHart),
            Mark = group.MarkOf("reset-vector"),
        };
    }

    private static ulong? ReadResetVector(MapReader group)
    {
        ulong? vector = group.Optional<ulong>("reset-vector", Quantity.TryInteger, Hints.Address);
        if (vector is { } address && (address & 1) != 0)
        {
            group.Report("reset-vector", $"0x{address:x} is odd", "instructions start at even addresses");
        }

        return vector;
    }
}
