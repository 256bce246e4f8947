using Soc.Checkers;
using Soc.Checkers.Declaration;
using Soc.Checkers.WorldGuard;

namespace Soc.Topology.Yaml;

/// <summary>Reads checkers of every declared kind.</summary>
/// <param name="context">What the readers share.</param>
/// <param name="protectable">What a checker may protect: checkers come last, their registers are not protected by checkers.</param>
/// <param name="initiators">Names of harts and DMA engines.</param>
internal sealed class CheckerReader(TopologyContext context, IReadOnlyList<string> protectable, IReadOnlyList<string> initiators)
{
    private readonly CheckerOptionReader _options = new(context, initiators);
    private readonly IReadOnlyList<Choice<Boxed>> _kinds = [.. context.Options.CheckerKinds.Select(kind => new Choice<Boxed>(kind.Word, new Boxed(kind)))];

    /// <summary>Choices are of values.</summary>
    private readonly record struct Boxed(CheckerDeclaration Kind);

    /// <summary>Reads one checker; null when its kind is (reported) missing or unknown.</summary>
    public CheckerDescription? Read(MapReader map)
    {
        string name = context.ReadName(map);
        if (map.RequiredChoice("kind", _kinds) is not { } boxed)
        {
            return null;
        }

        CheckerDeclaration kind = boxed.Kind;
        if (kind.NeedsWorlds && context.WorldGuard is null)
        {
            map.Report("kind", "a checker of worlds needs a machine with worlds", "add a 'worldguard:' section");
        }

        int before = context.Mistakes.Count;
        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        map.Aligned("base", start, TopologyContext.PageSize);
        int? interrupt = context.ReadInterrupt(map, name);
        (List<string> protects, List<CheckerTarget> targets) = ReadProtects(map, kind);
        List<string> sources = ReadInitiators(map, kind);
        targets.AddRange(sources.Select(source => new CheckerTarget(source, 0, kind.LargestPort)));
        CheckerSettings settings = _options.Read(map, kind.Options);
        List<(string Register, ulong Value, MapReader Map)> writes = [.. map.Maps("writes").Select(ReadWrite)];
        GuaranteeLevel? guarantee = map.OptionalChoice("guarantee", Choices.Guarantees);
        map.Finish();
        RegisterBlock block = RegisterBlock.OnePage;
        if (context.Mistakes.Count == before && Worlds(kind, out WorldGuardConfiguration? worlds))
        {
            block = Check(map, kind, new CheckerSetup(name.Length > 0 ? name : kind.Word, 0, settings, worlds, targets), writes);
        }

        if (map.Has("base"))
        {
            if (block.First < 0 && start < (ulong)-block.First)
            {
                map.Report("base", $"registers lie 0x{-block.First:x} bytes below the base", "raise the base");
            }
            else
            {
                context.Claimed(map, name, unchecked(start + (ulong)block.First), block.Size);
            }
        }

        return new CheckerDescription
        {
            Name = name,
            Kind = kind,
            Base = start,
            Block = block,
            Interrupt = interrupt,
            Protects = protects,
            Initiators = sources,
            Targets = targets,
            Writes = [.. writes.Select(write => (write.Register, write.Value))],
            Settings = settings,
            Guarantee = guarantee,
            Mark = map.Mark,
        };
    }

    private static (string Register, ulong Value, MapReader Map) ReadWrite(MapReader map)
    {
        string register = map.Text("register", "name a register, such as GATE_KEEPER");
        ulong value = map.Required<ulong>("value", Quantity.TryInteger, "give a whole number such as 0x1");
        map.Finish();
        return (register, value, map);
    }

    /// <summary>The worlds, unless what the file says of them is (reported) wrong.</summary>
    private bool Worlds(CheckerDeclaration kind, out WorldGuardConfiguration? worlds)
    {
        worlds = null;
        try
        {
            worlds = context.WorldGuard is { } described
                ? new WorldGuardConfiguration(described.Worlds, described.TrustedWid, described.HwBypass, described.TzCompat)
                : null;
            return worlds is not null || !kind.NeedsWorlds;
        }
        catch (CheckerConfigurationException)
        {
            return false;
        }
    }

    /// <summary>Reports what does not fit together: what the kind finds, then what the model itself refuses.</summary>
    private RegisterBlock Check(
        MapReader map, CheckerDeclaration kind, CheckerSetup setup, List<(string Register, ulong Value, MapReader Map)> writes)
    {
        int before = context.Mistakes.Count;
        kind.Validate(setup);
        if (context.Mistakes.Count > before)
        {
            return RegisterBlock.OnePage;
        }

        try
        {
            Checker checker = kind.Create(setup);
            foreach ((string register, _, MapReader write) in writes)
            {
                if (!checker.Registers.Table().Any(row => row.Name == register))
                {
                    write.Report("register", $"there is no register '{register}'", $"use a name that 'soc topology show FILE --registers {setup.Name}' lists");
                }
            }

            return kind.BlockOf(setup);
        }
        catch (CheckerConfigurationException exception)
        {
            // The model speaks in the words of the specification: the first of them that is an option's is where it is.
            string message = exception.Message;
            CheckerOption? option = kind.Options
                .Where(candidate => candidate.Specification.Length > 0 && message.Contains(candidate.Specification, StringComparison.Ordinal))
                .MinBy(candidate => message.IndexOf(candidate.Specification, StringComparison.Ordinal));
            string[] parts = message.Split("; ", 2);
            map.Report(option?.Name ?? "kind", parts[0], parts.Length > 1 ? parts[1] : "choose options that go together");
            return RegisterBlock.OnePage;
        }
    }

    private (List<string> Names, List<CheckerTarget> Targets) ReadProtects(MapReader map, CheckerDeclaration kind)
    {
        const string expected = "list the names of memories, devices or DMA engines, such as [dram]";
        bool atInitiators = (kind.Placements & CheckerPlacements.Initiators) != 0;
        if (!map.Has("protects"))
        {
            if (!atInitiators)
            {
                map.Report("protects", "is missing", expected);
            }
            else if (!map.Has("initiators"))
            {
                map.Report("protects", "is missing, and so is 'initiators'", $"{expected}, or whose accesses it checks, such as 'initiators: [dma0]'");
            }

            return ([], []);
        }

        if ((kind.Placements & CheckerPlacements.Targets) == 0)
        {
            map.Report("protects", $"this kind of checker stands at initiators", "write 'initiators' instead");
        }
        else if (atInitiators && map.Has("initiators"))
        {
            map.Report("protects", "a checker stands in front of targets or at initiators", "keep either 'protects' or 'initiators'");
        }

        List<string> protects = Names(map, "protects", protectable, "there is no memory, device or DMA engine", expected);
        List<CheckerTarget> targets = [];
        foreach ((string text, SourceMark mark) in map.OptionalTexts("protects", expected) ?? [])
        {
            if (protects.Contains(text) && !targets.Exists(target => target.Name == text) && context.ClaimOf(text) is { } claim)
            {
                targets.Add(new CheckerTarget(text, claim.First, claim.Last - claim.First + 1)
                {
                    Complaint = (problem, remedy) => context.Mistakes.Add(mark, map.FieldOf("protects"), problem, remedy),
                });
            }
        }

        return (protects, targets);
    }

    private List<string> ReadInitiators(MapReader map, CheckerDeclaration kind)
    {
        if ((kind.Placements & CheckerPlacements.Initiators) == 0 || !map.Has("initiators"))
        {
            return [];
        }

        return Names(map, "initiators", initiators, "there is no hart or DMA engine", "list the names of harts or DMA engines, such as [dma0]");
    }

    private List<string> Names(MapReader map, string key, IReadOnlyList<string> known, string unknown, string expected)
    {
        List<string> names = [];
        if (map.OptionalTexts(key, expected) is not { } texts)
        {
            return names;
        }

        string field = map.FieldOf(key);
        foreach ((string text, SourceMark mark) in texts)
        {
            if (!known.Contains(text))
            {
                context.Mistakes.Add(mark, field, $"{unknown} '{text}'", $"use one of: {string.Join(", ", known.Take(20))}");
            }
            else if (names.Contains(text))
            {
                context.Mistakes.Add(mark, field, $"'{text}' is listed twice", "name it once");
            }
            else
            {
                names.Add(text);
            }
        }

        if (texts.Count == 0)
        {
            map.Report(key, "nothing is listed", expected);
        }

        return names;
    }
}
