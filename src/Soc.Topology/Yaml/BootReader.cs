namespace Soc.Topology.Yaml;

/// <summary>Reads what is booted, and what the command line says instead.</summary>
internal sealed class BootReader(TopologyContext context)
{
    /// <summary>The description; null when neither file nor command line has one.</summary>
    public BootDescription? Read(List<HartDescription> harts, List<MemoryDescription> memories)
    {
        BootOverrides given = context.Options.Boot;
        MapReader? map = context.Root.OptionalMap("boot");
        if (map is null && given.IsEmpty)
        {
            return null;
        }

        var boot = new BootDescription { Mark = map?.Mark ?? new SourceMark(1, 1) };
        if (map is not null)
        {
            boot = ReadMap(map, boot, harts, memories);
        }

        boot = boot with
        {
            Bios = given.Bios is "none" ? null : FullPath(given.Bios) ?? boot.Bios,
            Kernel = FullPath(given.Kernel) ?? boot.Kernel,
            Initrd = FullPath(given.Initrd) ?? boot.Initrd,
            Append = given.Append ?? boot.Append,
            DeviceTree = FullPath(given.DeviceTree) ?? boot.DeviceTree,
        };
        if (boot.Bios is null && boot.Kernel is null)
        {
            context.Mistakes.Add(boot.Mark, "boot", "there is nothing to boot", "name a 'kernel', a 'bios' that holds one, or both");
        }

        if (!memories.Exists(memory => memory is { Kind: MemoryKind.Rom, Image: null }))
        {
            context.Mistakes.Add(
                boot.Mark, "boot", "there is no memory for the boot ROM", "add one such as '- {name: boot-rom, base: 0x1000, size: 0xF000, kind: rom}'");
        }

        return boot;
    }

    private BootDescription ReadMap(MapReader map, BootDescription boot, List<HartDescription> harts, List<MemoryDescription> memories)
    {
        const string file = "name a file; the path starts at the folder of the topology file";
        string? bios = map.OptionalText("bios", "name a firmware file, or write none");
        boot = boot with
        {
            Bios = bios is null or "none" ? null : context.Locate(bios),
            Kernel = Located(map.OptionalText("kernel", file)),
            Initrd = Located(map.OptionalText("initrd", file)),
            Append = map.OptionalText("append", "write the kernel's command line in quotes") ?? "",
            DeviceTree = Located(map.OptionalText("dtb", file)),
            Harts = ReadHarts(map, harts),
            Memories = ReadMemories(map, memories),
        };
        map.Finish();
        return boot;
    }

    private static IReadOnlyList<int>? ReadHarts(MapReader map, List<HartDescription> harts)
    {
        const string expected = "give ids such as 0-3, or a list such as [0, 2-3]";
        if (map.OptionalTexts("harts", expected) is not { } texts)
        {
            return null;
        }

        List<int> ids = [];
        foreach ((string text, _) in texts)
        {
            string[] ends = text.Split('-');
            if (ends.Length > 2 || !Quantity.TryInteger(ends[0].Trim(), out ulong first) || !Quantity.TryInteger(ends[^1].Trim(), out ulong last) ||
                first > last || last >= (ulong)harts.Count)
            {
                map.Report("harts", $"'{text}' is no range of harts of this SoC", expected);
                return null;
            }

            ids.AddRange(Enumerable.Range((int)first, (int)(last - first) + 1));
        }

        return ids;
    }

    private static IReadOnlyList<string>? ReadMemories(MapReader map, List<MemoryDescription> memories)
    {
        if (map.OptionalTexts("memories", "list names of memories") is not { } texts)
        {
            return null;
        }

        foreach ((string text, _) in texts)
        {
            if (!memories.Exists(memory => memory.Name == text && memory.Kind == MemoryKind.Ram))
            {
                map.Report("memories", $"there is no RAM '{text}'", "list names of memories of 'kind: ram'");
            }
        }

        return [.. texts.Select(text => text.Text)];
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private string? Located(string? path) => path is null ? null : context.Locate(path);
}
