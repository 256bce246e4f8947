using System.Globalization;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Tlb;

namespace Soc.Topology.Yaml;

/// <summary>From the mapping of a whole file to the model: reads each section, then checks what concerns several of them.</summary>
internal sealed class TopologyReader(string file, MapReader root, MistakeList mistakes, TopologyLoadOptions options)
{
    private const int MaximumHarts = 1024;
    private const ulong PageSize = 4096;

    // Eight byte-wide registers; nothing else shares their page.
    private const ulong UartRegionSize = 8;
    private const string AddressHint = "give an address such as 0x8000_0000";
    private const string SizeHint = "give a size such as 256MiB, 0x1000 or 4096";
    private const string TimeHint = "give a time such as 10us, 50ns or 1ms";
    private const string FrequencyHint = "give a frequency such as 1GHz or 10MHz";

    // One entry for whatever has a name; interrupts and ranges refer back to it.
    private readonly Dictionary<string, SourceMark> _names = [];
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<int, (string Name, SourceMark Mark)> _interrupts = [];
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";

    private ulong _frequency = 1_000_000_000;
    private WorldGuardDescription? _worldGuard;

    private sealed record Claim(string Name, ulong First, ulong Last, SourceMark Mark, string Field);

    public SocTopology Read()
    {
        string name = root.Text("soc", "give the SoC a name, such as 'soc: quad'");
        RunMode mode = root.OptionalChoice("mode", Choices.Modes) ?? RunMode.Lockstep;
        bool parallel = root.OptionalBoolean("parallel") ?? false;
        if (parallel && mode == RunMode.Free)
        {
            root.Report("parallel", "free mode is always parallel", "remove 'parallel', or use 'mode: lockstep'");
        }

        ulong quantum = root.Optional<ulong>("quantum", Quantity.TryTime, TimeHint) ?? 1_000;
        if (quantum == 0)
        {
            root.Report("quantum", "a window of no time would never end", "give at least 1ns; 1us is usual");
        }

        ulong seed = root.Optional<ulong>("seed", Quantity.TryInteger, "give a whole number, 0 for the plain order") ?? 0;
        GuaranteeLevel guarantee = root.OptionalChoice("guarantee", Choices.Guarantees) ?? GuaranteeLevel.Acknowledged;
        TlbStrategy strategy = root.OptionalChoice("strategy", Choices.Strategies) ?? TlbStrategy.Deferred;
        SecondAddendPolicy secondAddend = root.OptionalChoice("second-addend", Choices.SecondAddends) ?? SecondAddendPolicy.Degrade;
        InvalidationGranularity invalidation = root.OptionalChoice("invalidation", Choices.Invalidations) ?? InvalidationGranularity.Rearm;
        ulong timebase = ReadClock();
        TimingDescription timing = ReadTiming();
        _worldGuard = ReadWorldGuard();
        List<HartDescription> harts = ReadHarts();
        List<MemoryDescription> memories = [.. root.Maps("memories").Select(ReadMemory)];
        List<DeviceDescription> devices = ReadDevices();
        List<DmaDescription> engines = [.. root.Maps("dma").Select(ReadDma)];
        // Checkers come last: their registers are not protected by checkers.
        List<string> protectable = [.. _names.Keys];
        List<CheckerDescription> checkers = [.. root.Maps("checkers").Select(map => ReadChecker(map, protectable))];
        CheckMemoriesExist(memories);
        CheckRanges();
        CheckInterrupts(devices);
        List<ImageDescription> images = ReadImages(memories);
        CheckResetVectors(harts, memories, images);
        string? console = ReadConsole(devices);
        ulong? watchdog = root.Optional<ulong>("watchdog", Quantity.TryTime, TimeHint);
        List<FaultDescription> faults = ReadFaults(harts, engines, checkers);
        root.Finish();
        return new SocTopology
        {
            File = file,
            Name = name,
            Mode = mode,
            Parallel = parallel,
            Quantum = quantum,
            Seed = seed,
            Guarantee = guarantee,
            Strategy = strategy,
            SecondAddend = secondAddend,
            Invalidation = invalidation,
            Timebase = timebase,
            Timing = timing,
            WorldGuard = _worldGuard,
            Harts = harts,
            Memories = memories,
            Devices = devices,
            DmaEngines = engines,
            Checkers = checkers,
            Images = images,
            Console = console,
            Watchdog = watchdog,
            Faults = faults,
        };
    }

    private List<FaultDescription> ReadFaults(List<HartDescription> harts, List<DmaDescription> engines, List<CheckerDescription> checkers)
    {
        List<string> initiators = [.. harts.Select(hart => hart.Name), .. engines.Select(engine => engine.Name)];
        var reader = new FaultReader([.. initiators, .. checkers.Select(checker => checker.Name)], initiators);
        return
        [
            .. root.Maps("faults").Select(reader.Read).OfType<FaultDescription>(),
            .. options.Faults.Select(text => reader.Read(text, mistakes)).OfType<FaultDescription>(),
        ];
    }

    /// <summary>Full path of a file that the topology names.</summary>
    private string Locate(string path)
    {
        string full = Path.GetFullPath(path, _folder);
        return options.Locate?.Invoke(full) ?? full;
    }

    private ulong ReadClock()
    {
        ulong timebase = 10_000_000;
        if (root.OptionalMap("clock") is { } clock)
        {
            _frequency = clock.Optional<ulong>("frequency", Quantity.TryFrequency, FrequencyHint) ?? _frequency;
            timebase = clock.Optional<ulong>("timebase", Quantity.TryFrequency, FrequencyHint) ?? timebase;
            if (timebase > 1_000_000_000)
            {
                clock.Report("timebase", "mtime cannot count faster than once a nanosecond", "give at most 1GHz; 10MHz is usual");
            }

            clock.Finish();
        }

        return timebase;
    }

    private TimingDescription ReadTiming()
    {
        var timing = new TimingDescription();
        if (root.OptionalMap("timing") is not { } map)
        {
            return timing;
        }

        const int limit = 1_000_000;
        timing = new TimingDescription
        {
            WalkStep = map.OptionalInteger("walk-step", 0, limit) ?? timing.WalkStep,
            Translate = map.OptionalInteger("translate", 0, limit) ?? timing.Translate,
            DeviceAccess = map.OptionalInteger("device-access", 0, limit) ?? timing.DeviceAccess,
            RegisterWrite = map.Optional<ulong>("register-write", Quantity.TryTime, TimeHint) ?? timing.RegisterWrite,
            LinkLatency = map.Optional<LatencyRange>("link-latency", Quantity.TryTimeRange, "give a time such as 50ns, or a range such as 40ns..60ns, the shorter first")
                ?? timing.LinkLatency,
        };
        map.Finish();
        return timing;
    }

    private WorldGuardDescription? ReadWorldGuard()
    {
        if (root.OptionalMap("worldguard") is not { } map)
        {
            return null;
        }

        int worlds = map.Integer("worlds", 1, 32);
        if ((worlds & (worlds - 1)) != 0)
        {
            map.Report("worlds", $"{worlds} is not a power of two", "use 1, 2, 4, 8, 16 or 32");
        }

        int? trusted = map.Has("trusted-wid") ? map.Integer("trusted-wid", 0, worlds - 1) : null;
        bool compatible = map.OptionalBoolean("tz-compat") ?? false;
        if (compatible)
        {
            // Harts of this version put their world into the WID field only (worldguard.md section 1, TZCompat).
            map.Report("tz-compat", "TrustZone compatibility is not supported by this version", "remove 'tz-compat', or write false");
        }

        var worldGuard = new WorldGuardDescription
        {
            Worlds = worlds,
            TrustedWid = trusted,
            HwBypass = map.OptionalBoolean("hw-bypass") ?? false,
            TzCompat = compatible,
        };
        map.Finish();
        return worldGuard;
    }

    private List<HartDescription> ReadHarts()
    {
        const string example = "describe at least one group, such as '- {count: 1, isa: rv64imac_zicsr_zifencei_zicntr}'";
        if (!root.Has("harts"))
        {
            root.Report("harts", "is missing", example);
            return [];
        }

        List<HartDescription> harts = [];
        Dictionary<int, SourceMark> taken = [];
        IReadOnlyList<MapReader> groups = root.Maps("harts");
        foreach (MapReader group in groups)
        {
            List<int> ids = ReadHartIds(group, taken);
            HartDescription pattern = ReadHartGroup(group);
            group.Finish();
            foreach (int id in ids)
            {
                harts.Add(pattern with { Id = id });
            }
        }

        if (groups.Count == 0)
        {
            root.Report("harts", "there is no hart", example);
        }

        harts.Sort((left, right) => left.Id.CompareTo(right.Id));
        for (int index = 0; index < harts.Count; index++)
        {
            if (harts[index].Id != index)
            {
                mistakes.Add(harts[index].Mark, "harts", $"hart id {index} is not used, but {harts[index].Id} is", "number the harts from 0 without gaps");
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
        if (isa.HasSmwg && _worldGuard is null)
        {
            group.Report("isa", "'smwg' needs a machine with worlds", "add a 'worldguard:' section, or remove smwg and sswg");
        }

        int mwid = 0;
        uint list = 1;
        if (_worldGuard is { } worlds)
        {
            mwid = group.OptionalInteger("mwid", 0, worlds.Worlds - 1) ?? worlds.EffectiveTrustedWid;
            list = ReadWorlds(group, "mwidlist", worlds);
        }
        else
        {
            NeedsWorlds(group, "mwid");
            NeedsWorlds(group, "mwidlist");
        }

        return new HartDescription
        {
            Id = 0,
            Isa = isa,
            Frequency = group.Optional<ulong>("frequency", Quantity.TryFrequency, FrequencyHint) ?? _frequency,
            ResetVector = ReadResetVector(group),
            Mwid = mwid,
            MwidList = list,
            Tlb = ReadTlb(group, 256),
            Mark = group.MarkOf("reset-vector"),
        };
    }

    private static ulong? ReadResetVector(MapReader group)
    {
        ulong? vector = group.Optional<ulong>("reset-vector", Quantity.TryInteger, AddressHint);
        if (vector is { } address && (address & 1) != 0)
        {
            group.Report("reset-vector", $"0x{address:x} is odd", "instructions start at even addresses");
        }

        return vector;
    }

    private static TlbDescription ReadTlb(MapReader owner, int defaultEntries)
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

    private uint ReadWorlds(MapReader owner, string key, WorldGuardDescription worlds)
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
                mistakes.Add(mark, owner.FieldOf(key), $"'{text}' is no world of this machine", expected);
            }
        }

        return set;
    }

    private static void NeedsWorlds(MapReader owner, string key)
    {
        if (owner.Has(key))
        {
            owner.Report(key, "this machine has no worlds", $"add a 'worldguard:' section, or remove '{key}'");
        }
    }

    private MemoryDescription ReadMemory(MapReader map)
    {
        string name = ReadName(map);
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, AddressHint);
        ulong? given = map.Has("size") ? map.Optional<ulong>("size", Quantity.TrySize, SizeHint) : map.Required<ulong>("size", Quantity.TrySize, SizeHint);
        ulong size = given ?? 0;
        MemoryKind kind = map.OptionalChoice("kind", Choices.Memories) ?? MemoryKind.Ram;
        string? image = map.OptionalText("image", "name a raw file that fills the memory");
        if (size > 0)
        {
            Aligned(map, "size", size, PageSize);
            Claimed(map, name, start, size);
        }
        else if (given is 0 && map.Has("size"))
        {
            map.Report("size", "a memory of no bytes", SizeHint);
        }

        Aligned(map, "base", start, PageSize);
        if (kind == MemoryKind.Rom && image is null)
        {
            map.Report("kind", "a ROM without an image is empty for ever", "add 'image: FILE', or use 'kind: ram'");
        }

        if (image is not null)
        {
            image = Locate(image);
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

    private List<DeviceDescription> ReadDevices()
    {
        List<DeviceDescription> devices = [];
        foreach (MapReader map in root.Maps("devices"))
        {
            string name = ReadName(map);
            DeviceKind? kind = map.RequiredChoice("kind", Choices.Devices);
            ulong start = map.Required<ulong>("base", Quantity.TryInteger, AddressHint);
            int? interrupt = null;
            int sources = 0;
            if (kind is DeviceKind.Ns16550)
            {
                interrupt = ReadInterrupt(map, name);
            }
            else if (map.Has("interrupt"))
            {
                map.Report("interrupt", "this kind of device has no interrupt source at the PLIC", "remove 'interrupt'");
            }

            if (kind is DeviceKind.Plic)
            {
                sources = map.OptionalInteger("sources", 1, 1023) ?? 96;
            }

            map.Finish();
            if (kind is not { } known)
            {
                continue;
            }

            ulong size = SizeOf(known);
            Aligned(map, "base", start, PageSize);
            Claimed(map, name, start, size);
            if (devices.Find(other => Same(other.Kind, known)) is { } twin)
            {
                map.Report("kind", $"does the work of '{twin.Name}' (line {twin.Mark.Line}) a second time", "keep one of them");
            }

            devices.Add(new DeviceDescription
            {
                Name = name,
                Kind = known,
                Base = start,
                Size = size,
                Interrupt = interrupt,
                Sources = sources,
                Mark = map.Mark,
            });
        }

        return devices;
    }

    /// <summary>Whether a SoC can have only one of the two: one PLIC, one source of each kind of local interrupt, one finisher.</summary>
    private static bool Same(DeviceKind left, DeviceKind right) =>
        (left == right && left is not (DeviceKind.Ns16550 or DeviceKind.Scratch))
        || (left == DeviceKind.Clint && right is DeviceKind.AclintMswi or DeviceKind.AclintMtimer)
        || (right == DeviceKind.Clint && left is DeviceKind.AclintMswi or DeviceKind.AclintMtimer);

    private static ulong SizeOf(DeviceKind kind) => kind switch
    {
        DeviceKind.Ns16550 => UartRegionSize,
        DeviceKind.Clint => Clint.RegionSize,
        DeviceKind.AclintMswi => AclintMswi.RegionSize,
        DeviceKind.AclintMtimer => AclintMtimer.RegionSize,
        DeviceKind.AclintSswi => AclintSswi.RegionSize,
        DeviceKind.Plic => Plic.RegionSize,
        DeviceKind.TestFinisher => TestFinisher.RegionSize,
        DeviceKind.StudyPort => StudyPort.RegionSize,
        DeviceKind.Scratch => ScratchDevice.RegionSize,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown device kind"),
    };

    private DmaDescription ReadDma(MapReader map)
    {
        string name = ReadName(map);
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, AddressHint);
        Aligned(map, "base", start, PageSize);
        if (map.Has("base"))
        {
            Claimed(map, name, start, DmaEngine.RegionSize);
        }

        uint worlds = 1;
        if (_worldGuard is { } worldGuard)
        {
            worlds = ReadWorlds(map, "worlds", worldGuard);
        }
        else
        {
            NeedsWorlds(map, "worlds");
        }

        ulong beat = map.Optional<ulong>("beat", Quantity.TrySize, "give the bytes of a beat: 1, 2, 4, 8, 16, 32 or 64") ?? 8;
        if (beat is < 1 or > 64 || (beat & (beat - 1)) != 0)
        {
            map.Report("beat", $"{beat} bytes is no beat of this bus", "use 1, 2, 4, 8, 16, 32 or 64");
        }

        var engine = new DmaDescription
        {
            Name = name,
            Base = start,
            Interrupt = ReadInterrupt(map, name),
            Channels = map.OptionalInteger("channels", 1, DmaEngine.MaximumChannels) ?? 4,
            Worlds = worlds,
            Frequency = map.Optional<ulong>("frequency", Quantity.TryFrequency, FrequencyHint) ?? _frequency,
            BeatSize = (int)beat,
            Tlb = ReadTlb(map, 64),
            Mark = map.Mark,
        };
        map.Finish();
        return engine;
    }

    private CheckerDescription ReadChecker(MapReader map, IReadOnlyList<string> protectable)
    {
        string name = ReadName(map);
        CheckerKind kind = map.RequiredChoice("kind", Choices.Checkers) ?? CheckerKind.WgChecker;
        if (_worldGuard is null)
        {
            map.Report("kind", "a checker of worlds needs a machine with worlds", "add a 'worldguard:' section");
        }

        ulong start = map.Required<ulong>("base", Quantity.TryInteger, AddressHint);
        Aligned(map, "base", start, PageSize);
        if (map.Has("base"))
        {
            Claimed(map, name, start, CheckerDescription.RegisterBlockSize);
        }

        int slots = map.OptionalInteger("slots", 1, 126) ?? 16;
        (ulong rangeStart, ulong rangeSize) = ReadRange(map);
        var checker = new CheckerDescription
        {
            Name = name,
            Kind = kind,
            Base = start,
            Interrupt = ReadInterrupt(map, name),
            Slots = slots,
            Protects = ReadProtects(map, protectable, rangeStart, rangeSize),
            RangeStart = rangeStart,
            RangeSize = rangeSize,
            HwBypass = map.OptionalBoolean("hw-bypass") ?? _worldGuard?.HwBypass ?? false,
            ResetSlots = ReadSlots(map, slots),
            Guarantee = map.OptionalChoice("guarantee", Choices.Guarantees),
            Mark = map.Mark,
        };
        map.Finish();
        return checker;
    }

    private static (ulong Start, ulong Size) ReadRange(MapReader map)
    {
        if (!map.Has("range") || map.OptionalTextIs("range", "full"))
        {
            return (0, 0);
        }

        if (map.OptionalMap("range") is not { } range)
        {
            return (0, 0);
        }

        ulong start = range.Required<ulong>("start", Quantity.TryInteger, AddressHint);
        ulong size = range.Required<ulong>("size", Quantity.TrySize, SizeHint);
        if (size > 0 && ((size & (size - 1)) != 0 || size < PageSize || start % size != 0))
        {
            range.Report("size", $"0x{size:x} bytes at 0x{start:x} is no naturally aligned power of two of at least 4096", "enlarge the range, or write 'range: full'");
        }

        range.Finish();
        return (start, size);
    }

    private List<string> ReadProtects(MapReader map, IReadOnlyList<string> protectable, ulong rangeStart, ulong rangeSize)
    {
        const string expected = "list the names of memories, devices or DMA engines, such as [dram]";
        if (!map.Has("protects"))
        {
            map.Report("protects", "is missing", expected);
            return [];
        }

        List<string> protects = [];
        IReadOnlyList<(string Text, SourceMark Mark)> texts = map.OptionalTexts("protects", expected) ?? [];
        string field = map.FieldOf("protects");
        foreach ((string text, SourceMark mark) in texts)
        {
            if (!protectable.Contains(text))
            {
                mistakes.Add(mark, field, $"there is no memory, device or DMA engine '{text}'", $"use one of: {string.Join(", ", protectable)}");
            }
            else if (protects.Contains(text))
            {
                mistakes.Add(mark, field, $"'{text}' is listed twice", "name it once");
            }
            else
            {
                protects.Add(text);
                if (rangeSize > 0 && _claims.Find(candidate => candidate.Name == text) is { } claim && (claim.First < rangeStart || claim.Last > rangeStart + (rangeSize - 1)))
                {
                    mistakes.Add(mark, field, $"'{text}' (0x{claim.First:x}-0x{claim.Last:x}) is not inside the checker's range", "enlarge the range, or write 'range: full'");
                }
            }
        }

        if (texts.Count == 0)
        {
            map.Report("protects", "nothing is listed", expected);
        }

        return protects;
    }

    private List<CheckerSlotDescription> ReadSlots(MapReader checker, int slots)
    {
        List<CheckerSlotDescription> result = [];
        foreach (MapReader map in checker.Maps("reset-slots"))
        {
            int index = map.Integer("slot", 1, slots);
            SlotMatch match = map.RequiredChoice("match", Choices.SlotMatches) ?? SlotMatch.Off;
            ulong address = map.Required<ulong>("address", Quantity.TryInteger, AddressHint);
            // An OFF slot keeps its address as it is (worldguard.md section 3.3); it can be the lower bound of the slot above.
            Aligned(map, "address", address, match == SlotMatch.Off ? 4 : PageSize);
            ulong size = 0;
            if (match == SlotMatch.NaturallyAligned)
            {
                size = map.Required<ulong>("size", Quantity.TrySize, SizeHint);
                if (size > 0 && ((size & (size - 1)) != 0 || size < PageSize || address % size != 0))
                {
                    map.Report("size", $"0x{size:x} bytes at 0x{address:x} is no naturally aligned power of two of at least 4096", "use 'match: tor', or change address and size");
                }
            }

            if (result.Exists(other => other.Index == index) && map.Has("slot"))
            {
                map.Report("slot", $"slot {index} is described twice", "describe each slot once");
            }

            if (match == SlotMatch.NaturallyAligned && index == slots)
            {
                map.Report("match", "the last slot can only be off or tor", "use another slot, or 'match: tor'");
            }

            (bool errorRead, bool errorWrite) = ReadDirections(map, "error");
            (bool interruptRead, bool interruptWrite) = ReadDirections(map, "interrupt");
            result.Add(new CheckerSlotDescription(
                index, match, address, size, ReadPermissions(map), errorRead, errorWrite, interruptRead, interruptWrite, map.OptionalBoolean("lock") ?? false));
            map.Finish();
        }

        return result;
    }

    private ulong ReadPermissions(MapReader slot)
    {
        if (slot.OptionalMap("permissions") is not { } map)
        {
            return 0;
        }

        ulong permissions = 0;
        foreach ((string key, SourceMark mark) in map.Keys())
        {
            string access = map.Text(key, "write r, w or rw");
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int world) || world >= (_worldGuard?.Worlds ?? 1))
            {
                mistakes.Add(mark, map.FieldOf(key), $"'{key}' is no world of this machine", $"use worlds from 0 to {(_worldGuard?.Worlds ?? 1) - 1}");
                continue;
            }

            (bool read, bool write) = Directions(map, key, access);
            permissions |= ((read ? 1UL : 0) | (write ? 2UL : 0)) << (2 * world);
        }

        return permissions;
    }

    private static (bool Read, bool Write) ReadDirections(MapReader map, string key) =>
        map.OptionalText(key, "write r, w or rw") is { } text ? Directions(map, key, text) : default;

    private static (bool Read, bool Write) Directions(MapReader map, string key, string text)
    {
        if (text is not ("r" or "w" or "rw" or "none"))
        {
            map.Report(key, $"'{text}' is no set of directions", "write r, w, rw or none");
        }

        return (text is "r" or "rw", text is "w" or "rw");
    }

    private List<ImageDescription> ReadImages(List<MemoryDescription> memories)
    {
        List<ImageDescription> images = [];
        IReadOnlyList<MapReader> maps = root.Maps("images");
        foreach (MapReader map in maps)
        {
            string path = map.Text("file", "name an ELF or raw file; the path starts at the folder of the topology file");
            ImageFormat? format = map.OptionalChoice("format", Choices.ImageFormats);
            ulong? address = map.Optional<ulong>("address", Quantity.TryInteger, AddressHint);
            map.Finish();
            if (path.Length > 0 && options.Image is null &&
                ReadImage(map, Locate(path), path, format, address, memories) is { } image)
            {
                images.Add(image);
            }
        }

        if (options.Image is { } replacement && ReadImage(null, Locate(Path.GetFullPath(replacement)), replacement, null, null, memories) is { } given)
        {
            images.Add(given);
        }

        return images;
    }

    /// <summary>Opens an image; <paramref name="map"/> is null when the command line named it.</summary>
    private ImageDescription? ReadImage(MapReader? map, string path, string shown, ImageFormat? format, ulong? address, List<MemoryDescription> memories)
    {
        void Report(string key, string problem, string remedy) =>
            mistakes.Add(map?.MarkOf(key) ?? root.MarkOf("images"), map?.FieldOf(key) ?? "--image", problem, remedy);

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
                elf = ElfImage.Parse(shown, bytes);
            }
            catch (ImageException exception)
            {
                string[] parts = exception.Message.Split("; ", 2);
                Report("file", parts[0], parts.Length > 1 ? parts[1] : "build it again");
                return null;
            }

            if (address is not null)
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
            Report("address", "a raw image needs an address", AddressHint);
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

    private void CheckResetVectors(List<HartDescription> harts, List<MemoryDescription> memories, List<ImageDescription> images)
    {
        bool hasEntry = images.Exists(image => image.Elf is not null);
        SourceMark? reported = null;
        foreach (HartDescription hart in harts)
        {
            if (hart.Mark == reported)
            {
                continue;
            }

            if (hart.ResetVector is null && !hasEntry && !root.Has("images") && options.Image is null)
            {
                mistakes.Add(hart.Mark, "harts", $"{hart.Name} does not know where to start", "add 'reset-vector', or an ELF image under 'images:'");
                reported = hart.Mark;
            }
            else if (hart.ResetVector is { } vector && memories.Count > 0 && memories.TrueForAll(memory => memory.Size > 0) && !memories.Exists(memory => vector >= memory.Base && vector - memory.Base < memory.Size))
            {
                mistakes.Add(hart.Mark, "harts.reset-vector", $"there is no memory at 0x{vector:x}", "start the hart inside a memory");
                reported = hart.Mark;
            }
            else if (hart.ResetVector is null && !hasEntry && images.Count > 0)
            {
                mistakes.Add(hart.Mark, "harts", $"{hart.Name} does not know where to start, no image is an ELF file", "add 'reset-vector'");
                reported = hart.Mark;
            }
        }
    }

    private string? ReadConsole(List<DeviceDescription> devices)
    {
        List<string> uarts = [.. devices.Where(device => device.Kind == DeviceKind.Ns16550).Select(device => device.Name)];
        if (root.OptionalText("console", "name a UART") is not { } name)
        {
            return uarts.FirstOrDefault();
        }

        if (name == "none")
        {
            return null;
        }

        if (!uarts.Contains(name))
        {
            root.Report("console", $"there is no UART '{name}'", uarts.Count > 0 ? $"use one of: {string.Join(", ", uarts)}, or none" : "add one under 'devices:', or write none");
        }

        return name;
    }

    private string ReadName(MapReader map)
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

    private int? ReadInterrupt(MapReader map, string name)
    {
        if (map.OptionalInteger("interrupt", 1, 1023) is not { } number)
        {
            return null;
        }

        if (_interrupts.TryGetValue(number, out (string Name, SourceMark Mark) other))
        {
            map.Report("interrupt", $"source {number} is used by '{other.Name}' (line {other.Mark.Line})", "give it a source of its own");
        }
        else
        {
            _interrupts[number] = (name, map.MarkOf("interrupt"));
        }

        return number;
    }

    private static void Aligned(MapReader map, string key, ulong value, ulong alignment)
    {
        if (value % alignment != 0)
        {
            ulong below = value - (value % alignment);
            map.Report(key, $"0x{value:x} is not a multiple of 0x{alignment:x}", $"use 0x{below:x} or 0x{below + alignment:x}");
        }
    }

    private void Claimed(MapReader map, string name, ulong start, ulong size)
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

    private void CheckMemoriesExist(List<MemoryDescription> memories)
    {
        if (memories.Count == 0 && !root.Maps("memories").Any())
        {
            root.Report("memories", root.Has("memories") ? "there is no memory" : "is missing", "describe at least one, such as '- {name: dram, base: 0x8000_0000, size: 256MiB}'");
        }
    }

    private void CheckRanges()
    {
        for (int later = 1; later < _claims.Count; later++)
        {
            Claim claim = _claims[later];
            foreach (Claim other in _claims.Take(later))
            {
                if (claim.First <= other.Last && other.First <= claim.Last)
                {
                    mistakes.Add(
                        claim.Mark, claim.Field, $"'{claim.Name}' (0x{claim.First:x}-0x{claim.Last:x}) overlaps '{other.Name}' (0x{other.First:x}-0x{other.Last:x}, line {other.Mark.Line})",
                        "move one of them");
                }
            }
        }
    }

    private void CheckInterrupts(List<DeviceDescription> devices)
    {
        DeviceDescription? plic = devices.Find(device => device.Kind == DeviceKind.Plic);
        foreach ((int number, (string name, SourceMark mark)) in _interrupts)
        {
            if (plic is null)
            {
                mistakes.Add(mark, "interrupt", $"'{name}' has interrupt source {number}, but there is no PLIC", "add a device of 'kind: plic', or remove 'interrupt'");
            }
            else if (number > plic.Sources)
            {
                mistakes.Add(mark, "interrupt", $"'{name}' has interrupt source {number}, but '{plic.Name}' has {plic.Sources} sources", $"use a source from 1 to {plic.Sources}, or raise 'sources'");
            }
        }
    }
}
