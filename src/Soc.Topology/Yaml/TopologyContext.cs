namespace Soc.Topology.Yaml;

/// <summary>What the readers of one file share: names, addresses and interrupt sources that are taken, and defaults.</summary>
internal sealed class TopologyContext(string file, MapReader root, MistakeList mistakes, TopologyLoadOptions options)
{
    /// <summary>Bytes of a page: everything in the memory map starts at a page.</summary>
    public const ulong PageSize = 4096;

    // One entry for whatever has a name; interrupts and ranges refer back to it.
    private readonly Dictionary<string, SourceMark> _names = [];
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<int, (string Name, SourceMark Mark)> _interrupts = [];
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";

    /// <summary>Addresses that something takes.</summary>
    public sealed record Claim(string Name, ulong First, ulong Last, SourceMark Mark, string Field);

    /// <summary>The mapping of the whole file.</summary>
    public MapReader Root { get; } = root;

    /// <summary>What is wrong so far.</summary>
    public MistakeList Mistakes { get; } = mistakes;

    /// <summary>What the command line changes.</summary>
    public TopologyLoadOptions Options { get; } = options;

    /// <summary>Clock of initiators that say nothing else, Hz.</summary>
    public ulong Frequency { get; set; } = 1_000_000_000;

    /// <summary>The machine's worlds; null when it has none.</summary>
    public WorldGuardDescription? WorldGuard { get; set; }

    /// <summary>Number of harts.</summary>
    public int HartCount { get; set; }

    /// <summary>Every name so far.</summary>
    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <summary>Addresses of something; null when it has none.</summary>
    public Claim? ClaimOf(string name) => _claims.Find(candidate => candidate.Name == name);

    /// <summary>Full path of a file that the topology names.</summary>
    public string Locate(string path)
    {
        string full = Path.GetFullPath(path, _folder);
        return Options.Locate?.Invoke(full) ?? full;
    }

    /// <summary>A list of worlds, or <c>all</c>; all when absent or wrong.</summary>
    public uint ReadWorlds(MapReader owner, string key, WorldGuardDescription worlds)
    {
        string expected = $"list worlds from 0 to {worlds.Worlds - 1}, such as [0, 1], or write 'all'";
        IReadOnlyList<(string Text, SourceMark Mark)>? texts = owner.OptionalTexts(key, expected);
        if (texts is null || texts is [("all", _)])
        {
            return worlds.AllWorlds;
        }

        if (texts.Count == 0)
        {
            owner.Report(key, "no world is listed", expected);
            return worlds.AllWorlds;
        }

        uint set = 0;
        foreach ((string text, SourceMark mark) in texts)
        {
            if (Quantity.TryInteger(text, out ulong world) && world < (ulong)worlds.Worlds)
            {
                set |= 1u << (int)world;
            }
            else
            {
                Mistakes.Add(mark, owner.FieldOf(key), $"'{text}' is no world of this machine", expected);
            }
        }

        return set;
    }

    /// <summary>Reports a field that only machines with worlds have.</summary>
    public static void NeedsWorlds(MapReader owner, string key)
    {
        if (owner.Has(key))
        {
            owner.Report(key, "this machine has no worlds", $"add a 'worldguard:' section, or remove '{key}'");
        }
    }

    /// <summary>The unique name of what a mapping describes; "" when absent or wrong.</summary>
    public string ReadName(MapReader map)
    {
        string name = map.Text("name", "give it a name of its own, such as 'name: dram'");
        if (name.Length == 0)
        {
            return name;
        }

        if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            map.Report("name", $"'{name}' is no name", "use letters, digits, '-' and '_'");
        }
        else if (_names.TryGetValue(name, out SourceMark first))
        {
            map.Report("name", $"the name '{name}' is used already (line {first.Line})", "give it a name of its own");
        }
        else
        {
            _names[name] = map.MarkOf("name");
        }

        return name;
    }

    /// <summary>The source at the PLIC; null when absent or wrong.</summary>
    public int? ReadInterrupt(MapReader map, string name)
    {
        if (map.OptionalInteger("interrupt", 1, 1023) is not { } number)
        {
            return null;
        }

        Take(map, "interrupt", map.MarkOf("interrupt"), name, number);
        return number;
    }

    /// <summary>The sources at the PLIC of something with several wires; empty when absent or wrong.</summary>
    public IReadOnlyList<int> ReadInterrupts(MapReader map, string name, int most)
    {
        string expected = $"list 1 to {most} sources from 1 to 1023, such as [36, 37]";
        List<(int Number, SourceMark Mark)> sources = ReadSources(map, "interrupts", 1023, expected);
        foreach ((int number, SourceMark mark) in sources)
        {
            Take(map, "interrupts", mark, name, number);
        }

        if (sources.Count > most)
        {
            map.Report("interrupts", $"{sources.Count} sources are listed", expected);
        }

        return [.. sources.Select(source => source.Number)];
    }

    /// <summary>The sources of a PLIC whose gateways are edge-triggered; empty when absent or wrong.</summary>
    public IReadOnlyList<int> ReadEdgeSources(MapReader map, int largest) =>
        [.. ReadSources(map, "edge-sources", largest, $"list sources from 1 to {largest}, such as [10]").Select(source => source.Number)];

    private List<(int Number, SourceMark Mark)> ReadSources(MapReader map, string key, int largest, string expected)
    {
        List<(int Number, SourceMark Mark)> sources = [];
        foreach ((string text, SourceMark mark) in map.OptionalTexts(key, expected) ?? [])
        {
            if (Quantity.TryInteger(text, out ulong number) && number != 0 && number <= (ulong)largest)
            {
                sources.Add(((int)number, mark));
            }
            else
            {
                Mistakes.Add(mark, map.FieldOf(key), $"'{text}' is no source", expected);
            }
        }

        return sources;
    }

    private void Take(MapReader map, string key, SourceMark mark, string name, int number)
    {
        if (_interrupts.TryGetValue(number, out (string Name, SourceMark Mark) other))
        {
            Mistakes.Add(mark, map.FieldOf(key), $"source {number} is used by '{other.Name}' (line {other.Mark.Line})", "give it a source of its own");
        }
        else
        {
            _interrupts[number] = (name, mark);
        }
    }

    /// <summary>Notes the addresses that something takes.</summary>
    public void Claimed(MapReader map, string name, ulong start, ulong size)
    {
        ulong last = start + (size - 1);
        if (last < start)
        {
            map.Report("base", $"0x{size:x} bytes at 0x{start:x} do not fit into 64 address bits", "lower the base or the size");
            return;
        }

        if (map.Has("base"))
        {
            _claims.Add(new Claim(name, start, last, map.MarkOf("base"), map.FieldOf("base")));
        }
    }

    /// <summary>Reports blocks that overlap; to be called when everything is read.</summary>
    public void CheckRanges()
    {
        for (int later = 1; later < _claims.Count; later++)
        {
            Claim claim = _claims[later];
            foreach (Claim other in _claims.Take(later))
            {
                if (claim.First <= other.Last && other.First <= claim.Last)
                {
                    Mistakes.Add(
                        claim.Mark, claim.Field, $"'{claim.Name}' (0x{claim.First:x}-0x{claim.Last:x}) overlaps '{other.Name}' (0x{other.First:x}-0x{other.Last:x}, line {other.Mark.Line})",
                        "move one of them");
                }
            }
        }
    }

    /// <summary>Reports interrupt sources that the PLIC does not have.</summary>
    public void CheckInterrupts(List<DeviceDescription> devices)
    {
        DeviceDescription? plic = devices.Find(device => device.Kind is DeviceKind.Plic or DeviceKind.AplicMachine);
        foreach ((int number, (string name, SourceMark mark)) in _interrupts)
        {
            if (plic is null)
            {
                Mistakes.Add(mark, "interrupt", $"'{name}' has interrupt source {number}, but there is no PLIC", "add a device of 'kind: plic', or remove 'interrupt'");
            }
            else if (number > plic.Sources)
            {
                Mistakes.Add(mark, "interrupt", $"'{name}' has interrupt source {number}, but '{plic.Name}' has {plic.Sources} sources", $"use a source from 1 to {plic.Sources}, or raise 'sources'");
            }
        }
    }
}
