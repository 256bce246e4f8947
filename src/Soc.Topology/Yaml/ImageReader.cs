namespace Soc.Topology.Yaml;

/// <summary>Opens guest images and says where harts start.</summary>
internal sealed class ImageReader(TopologyContext context)
{
    /// <summary>Reads all images.</summary>
    public List<ImageDescription> Read(List<MemoryDescription> memories)
    {
        List<ImageDescription> images = [];
        IReadOnlyList<MapReader> maps = context.Root.Maps("images");
        foreach (MapReader map in maps)
        {
            string path = map.Text("file", "name an ELF or raw file; the path starts at the folder of the topology file");
            ImageFormat? format = map.OptionalChoice("format", Choices.ImageFormats);
            ulong? address = map.Optional<ulong>("address", Quantity.TryInteger, Hints.Address);
            map.Finish();
            if (path.Length > 0 && context.Options.Image is null &&
                ReadImage(map, context.Locate(path), path, format, address, memories) is { } image)
            {
                images.Add(image);
            }
        }

        if (context.Options.Image is { } replacement && ReadImage(null, context.Locate(Path.GetFullPath(replacement)), replacement, null, null, memories) is { } given)
        {
            images.Add(given);
        }

        return images;
    }

    /// <summary>Opens an image; <paramref name="map"/> is null when the command line named it.</summary>
    private ImageDescription? ReadImage(MapReader? map, string path, string shown, ImageFormat? format, ulong? address, List<MemoryDescription> memories)
    {
        void Report(string key, string problem, string remedy) =>
            context.Mistakes.Add(map?.MarkOf(key) ?? context.Root.MarkOf("images"), map?.FieldOf(key) ?? "--image", problem, remedy);

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report("file", $"'{shown}' cannot be read ({(File.Exists(path) ? exception.Message.ReplaceLineEndings(" ") : "no such file")})",
                $"build the guest, or correct the path; it starts at the {(map is null ? "current folder" : "folder of the topology file")}");
            return null;
        }

        ImageFormat kind = format ?? (address is null || ElfImage.IsElf(bytes) ? ImageFormat.Elf : ImageFormat.Raw);
        ElfImage? elf = null;
        if (kind == ImageFormat.Elf)
        {
            try
            {
                elf = ElfImage.Parse(shown, bytes, address ?? memories.Find(memory => memory.Kind == MemoryKind.Ram)?.Base ?? 0);
            }
            catch (ImageException exception)
            {
                string[] parts = exception.Message.Split("; ", 2);
                Report("file", parts[0], parts.Length > 1 ? parts[1] : "build it again");
                return null;
            }

            if (address is not null && !elf.IsPositionIndependent)
            {
                Report("address", "an ELF file knows its own addresses", "remove 'address', or add 'format: raw'");
            }

            foreach (ElfSegment segment in elf.Segments)
            {
                CheckInMemory(memories, segment.PhysicalAddress, segment.MemorySize, $"a segment of '{shown}'", Report);
            }
        }
        else if (address is not { } at)
        {
            Report("address", "a raw image needs an address", Hints.Address);
        }
        else if (bytes.Length > 0)
        {
            CheckInMemory(memories, at, (ulong)bytes.Length, $"'{shown}'", Report);
        }

        return new ImageDescription { Path = path, Format = kind, Address = address, Length = bytes.LongLength, Elf = elf, Mark = map?.Mark ?? default };
    }

    private static void CheckInMemory(List<MemoryDescription> memories, ulong start, ulong size, string what, Action<string, string, string> report)
    {
        // A memory of wrong size is reported where it is described.
        if (memories.Exists(memory => memory.Size == 0 || (start >= memory.Base && size <= memory.Size && start - memory.Base <= memory.Size - size)))
        {
            return;
        }

        string known = string.Join(", ", memories.Select(memory => $"{memory.Name} 0x{memory.Base:x}-0x{memory.Base + (memory.Size - 1):x}"));
        report("file", $"{what} needs 0x{start:x}-0x{start + (size - 1):x}, and no memory has that", $"memories are: {known}");
    }

    /// <summary>Reports harts that do not know where to start.</summary>
    public void CheckResetVectors(List<HartDescription> harts, List<MemoryDescription> memories, List<ImageDescription> images, BootDescription? boot)
    {
        bool hasEntry = images.Exists(image => image.Elf is not null);
        SourceMark? reported = null;
        foreach (HartDescription hart in harts)
        {
            if (hart.Mark == reported || (hart.ResetVector is null && boot?.Includes(hart.Id) == true))
            {
                continue;
            }

            if (hart.ResetVector is null && !hasEntry && !context.Root.Has("images") && context.Options.Image is null)
            {
                context.Mistakes.Add(hart.Mark, "harts", $"{hart.Name} does not know where to start", "add 'reset-vector', or an ELF image under 'images:'");
                reported = hart.Mark;
            }
            else if (hart.ResetVector is { } vector && memories.Count > 0 && memories.TrueForAll(memory => memory.Size > 0) && !memories.Exists(memory => vector >= memory.Base && vector - memory.Base < memory.Size))
            {
                context.Mistakes.Add(hart.Mark, "harts.reset-vector", $"there is no memory at 0x{vector:x}", "start the hart inside a memory");
                reported = hart.Mark;
            }
            else if (hart.ResetVector is null && !hasEntry && images.Count > 0)
            {
                context.Mistakes.Add(hart.Mark, "harts", $"{hart.Name} does not know where to start, no image is an ELF file", "add 'reset-vector'");
                reported = hart.Mark;
            }
        }
    }
}
