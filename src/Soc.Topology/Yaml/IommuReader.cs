using Soc.Iommu;

namespace Soc.Topology.Yaml;

/// <summary>Reads IOMMUs. A profile says what a field that is absent means; the fields are those of the capabilities register.</summary>
internal sealed class IommuReader(TopologyContext context)
{
    private static readonly IReadOnlyList<(string Name, int Bit)> _firstStages = [("sv32", 8), ("sv39", 9), ("sv48", 10), ("sv57", 11)];
    private static readonly IReadOnlyList<(string Name, int Bit)> _secondStages = [("sv32x4", 16), ("sv39x4", 17), ("sv48x4", 18), ("sv57x4", 19)];
    private static readonly IReadOnlyList<(string Name, int Bit)> _processes = [("pd8", 38), ("pd17", 39), ("pd20", 40)];

    private static readonly IReadOnlyList<(string Key, int Bit)> _switches =
    [
        ("svrsw60t59b", 14), ("svpbmt", 15), ("atomic-mrif", 21), ("hardware-ad", 24), ("ats", 25), ("t2gpa", 26), ("both-endian", 27),
        ("debug", 31), ("qos-id", 41), ("non-leaf-invalidation", 42), ("range-invalidation", 43),
    ];

    /// <summary>Reads one IOMMU.</summary>
    public IommuDescription Read(MapReader map)
    {
        string name = context.ReadName(map);
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        map.Aligned("base", start, TopologyContext.PageSize);
        if (map.Has("base"))
        {
            context.Claimed(map, name, start, IommuDescription.RegisterBlockSize);
        }

        map.RequiredChoice("kind", Choices.Iommus);
        IommuCapabilities capabilities = ReadCapabilities(map);
        int counters = map.OptionalInteger("counters", 0, 31) ?? 31;
        if (counters == 0)
        {
            capabilities = With(capabilities, 30, false);
        }

        bool wired = map.OptionalBoolean("reset-wired") ?? true;
        var iommu = new IommuDescription
        {
            Name = name,
            Base = start,
            Interrupts = context.ReadInterrupts(map, name, 16),
            Wid = ReadWorld(map),
            Identity = new IdentityReader(context).ReadEngine(map),
            Configuration = new IommuConfiguration
            {
                Name = name,
                Capabilities = capabilities,
                FeatureControlReset = wired ? 2u : 0,
                GuestXlenWritable = (capabilities.Sv32 && capabilities.Sv32x4) && (map.OptionalBoolean("guest-xlen-writable") ?? true),
                ResetsToBare = map.OptionalChoice("reset-mode", Choices.IommuResetModes) ?? false,
                DirectoryLevels = map.OptionalInteger("directory-levels", 1, 3) ?? 3,
                VectorBits = map.OptionalInteger("vector-bits", 0, 4) ?? 4,
                Counters = counters,
                CounterBits = map.OptionalInteger("counter-bits", 32, 64) ?? 64,
                QueueSizeLimit = map.OptionalInteger("queue-bits", 1, 32) ?? 16,
                OutstandingInvalidations = map.OptionalInteger("outstanding-invalidations", 1, 32) ?? 8,
                TranslationCacheBits = ReadEntries(map, "entries", 4, 1 << 20, 10),
                DirectoryCacheBits = ReadEntries(map, "directory-entries", 1, 1 << 16, 7),
            },
            Mark = map.Mark,
        };
        map.Finish();
        return iommu;
    }

    private static IommuCapabilities ReadCapabilities(MapReader map)
    {
        IommuCapabilities capabilities = map.OptionalChoice("profile", Choices.IommuProfiles) ?? IommuCapabilities.Full;
        capabilities = ReadSet(map, "first-stage", _firstStages, capabilities);
        capabilities = ReadSet(map, "second-stage", _secondStages, capabilities);
        capabilities = ReadSet(map, "process-directories", _processes, capabilities);
        foreach ((string key, int bit) in _switches)
        {
            if (map.OptionalBoolean(key) is { } on)
            {
                capabilities = With(capabilities, bit, on);
            }
        }

        if (map.OptionalChoice("msi", Choices.IommuMessages) is { } messages)
        {
            capabilities = With(With(capabilities, 22, messages >= 1), 23, messages == 2);
        }

        if (map.OptionalChoice("interrupt-kind", Choices.IommuInterrupts) is { } kind)
        {
            capabilities = new IommuCapabilities((capabilities.Bits & ~(3UL << 28)) | ((ulong)kind << 28));
        }

        if (map.OptionalInteger("physical-bits", 32, 56) is { } bits)
        {
            capabilities = new IommuCapabilities((capabilities.Bits & ~(0x3FUL << 32)) | ((ulong)bits << 32));
        }

        if ((capabilities.Sv57 && !capabilities.Sv48) || (capabilities.Sv48 && !capabilities.Sv39))
        {
            map.Report("first-stage", "a wider scheme is listed without the narrower ones", "Sv57 needs Sv48, and Sv48 needs Sv39");
        }

        if (capabilities.T2Gpa && !capabilities.Ats)
        {
            map.Report("t2gpa", "answers with guest physical addresses are part of ATS", "add 'ats: true', or write 't2gpa: false'");
        }

        return capabilities;
    }

    private static IommuCapabilities ReadSet(MapReader map, string key, IReadOnlyList<(string Name, int Bit)> words, IommuCapabilities capabilities)
    {
        string expected = $"list some of: {string.Join(", ", words.Select(word => word.Name))}, or write []";
        if (map.OptionalTexts(key, expected) is not { } texts)
        {
            return capabilities;
        }

        foreach ((_, int bit) in words)
        {
            capabilities = With(capabilities, bit, false);
        }

        foreach ((string text, _) in texts)
        {
            int at = words.ToList().FindIndex(word => word.Name == text);
            if (at < 0)
            {
                map.Report(key, $"'{text}' is unknown", expected);
                continue;
            }

            capabilities = With(capabilities, words[at].Bit, true);
        }

        return capabilities;
    }

    private static int ReadEntries(MapReader map, string key, int minimum, int maximum, int defaultBits)
    {
        if (map.OptionalInteger(key, minimum, maximum) is not { } entries)
        {
            return defaultBits;
        }

        if (!System.Numerics.BitOperations.IsPow2(entries))
        {
            map.Report(key, $"{entries} is not a power of two", "use 64, 256, 1024 or another power of two");
        }

        return System.Numerics.BitOperations.Log2((uint)entries);
    }

    private byte? ReadWorld(MapReader map)
    {
        if (context.WorldGuard is not { } worlds)
        {
            TopologyContext.NeedsWorlds(map, "wid");
            return null;
        }

        return (byte)(map.OptionalInteger("wid", 0, worlds.Worlds - 1) ?? worlds.EffectiveTrustedWid);
    }

    private static IommuCapabilities With(IommuCapabilities capabilities, int bit, bool on) =>
        new(on ? capabilities.Bits | (1UL << bit) : capabilities.Bits & ~(1UL << bit));
}
