namespace Soc.Topology.Yaml;

/// <summary>Reads memories.</summary>
internal sealed class MemoryReader(TopologyContext context)
{
    /// <summary>Reads one memory.</summary>
    public MemoryDescription Read(MapReader map)
    {
        string name = context.ReadName(map);
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        ulong? given = map.Has("size") ? map.Optional<ulong>("size", Quantity.TrySize, Hints.Size) : map.Required<ulong>("size", Quantity.TrySize, Hints.Size);
        ulong size = given ?? 0;
        MemoryKind kind = map.OptionalChoice("kind", Choices.Memories) ?? MemoryKind.Ram;
        string? image = map.OptionalText("image", "name a raw file that fills the memory");
        if (size > 0)
        {
            map.Aligned("size", size, TopologyContext.PageSize);
            context.Claimed(map, name, start, size);
        }
        else if (given is 0 && map.Has("size"))
        {
            map.Report("size", "a memory of no bytes", Hints.Size);
        }

        map.Aligned("base", start, TopologyContext.PageSize);
        if (kind == MemoryKind.Rom && image is null && !context.Root.Has("boot") && context.Options.Boot.IsEmpty)
        {
            map.Report("kind", "a ROM without an image is empty for ever", "add 'image: FILE', or use 'kind: ram'");
        }

        if (image is not null)
        {
            image = context.Locate(image);
            if (!File.Exists(image))
            {
                map.Report("image", $"file '{image}' does not exist", "correct the path; it starts at the folder of the topology file");
            }
            else if ((ulong)new FileInfo(image).Length > size)
            {
                map.Report("image", $"the file has {new FileInfo(image).Length} bytes, the memory {size}", "enlarge the memory, or name another file");
            }
        }

        map.Finish();
        return new MemoryDescription { Name = name, Base = start, Size = size, Kind = kind, Image = image, Mark = map.Mark };
    }

    /// <summary>Reports a SoC without memory.</summary>
    public void CheckExist(List<MemoryDescription> memories)
    {
        if (memories.Count == 0 && !context.Root.Maps("memories").Any())
        {
            context.Root.Report("memories", context.Root.Has("memories") ? "there is no memory" : "is missing", "describe at least one, such as '- {name: dram, base: 0x8000_0000, size: 256MiB}'");
        }
    }
}
