using System.Globalization;

namespace Soc.Topology.Yaml;

/// <summary>Reads checkers.</summary>
internal sealed class CheckerReader(TopologyContext context)
{
    /// <summary>Reads one checker.</summary>
    /// <param name="map">Its mapping.</param>
    /// <param name="protectable">What it may protect: checkers come last, their registers are not protected by checkers.</param>
    public CheckerDescription Read(MapReader map, IReadOnlyList<string> protectable)
    {
        string name = context.ReadName(map);
        CheckerKind kind = map.RequiredChoice("kind", Choices.Checkers) ?? CheckerKind.WgChecker;
        if (context.WorldGuard is null)
        {
            map.Report("kind", "a checker of worlds needs a machine with worlds", "add a 'worldguard:' section");
        }

        ulong start = map.Required<ulong>("base", Quantity.TryInteger, Hints.Address);
        map.Aligned("base", start, TopologyContext.PageSize);
        if (map.Has("base"))
        {
            context.Claimed(map, name, start, CheckerDescription.RegisterBlockSize);
        }

        int slots = map.OptionalInteger("slots", 1, 126) ?? 16;
        (ulong rangeStart, ulong rangeSize) = ReadRange(map);
        var checker = new CheckerDescription
        {
            Name = name,
            Kind = kind,
            Base = start,
            Interrupt = context.ReadInterrupt(map, name),
            Slots = slots,
            Protects = ReadProtects(map, protectable, rangeStart, rangeSize),
            RangeStart = rangeStart,
            RangeSize = rangeSize,
            HwBypass = map.OptionalBoolean("hw-bypass") ?? context.WorldGuard?.HwBypass ?? false,
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

        ulong start = range.Required<ulong>("start", Quantity.TryInteger, Hints.Address);
        ulong size = range.Required<ulong>("size", Quantity.TrySize, Hints.Size);
        if (size > 0 && ((size & (size - 1)) != 0 || size < TopologyContext.PageSize || start % size != 0))
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
                context.Mistakes.Add(mark, field, $"there is no memory, device or DMA engine '{text}'", $"use one of: {string.Join(", ", protectable)}");
            }
            else if (protects.Contains(text))
            {
                context.Mistakes.Add(mark, field, $"'{text}' is listed twice", "name it once");
            }
            else
            {
                protects.Add(text);
                if (rangeSize > 0 && context.ClaimOf(text) is { } claim && (claim.First < rangeStart || claim.Last > rangeStart + (rangeSize - 1)))
                {
                    context.Mistakes.Add(mark, field, $"'{text}' (0x{claim.First:x}-0x{claim.Last:x}) is not inside the checker's range", "enlarge the range, or write 'range: full'");
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
            ulong address = map.Required<ulong>("address", Quantity.TryInteger, Hints.Address);
            // An OFF slot keeps its address as it is (worldguard.md section 3.3); it can be the lower bound of the slot above.
            map.Aligned("address", address, match == SlotMatch.Off ? 4 : TopologyContext.PageSize);
            ulong size = 0;
            if (match == SlotMatch.NaturallyAligned)
            {
                size = map.Required<ulong>("size", Quantity.TrySize, Hints.Size);
                if (size > 0 && ((size & (size - 1)) != 0 || size < TopologyContext.PageSize || address % size != 0))
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
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int world) || world >= (context.WorldGuard?.Worlds ?? 1))
            {
                context.Mistakes.Add(mark, map.FieldOf(key), $"'{key}' is no world of this machine", $"use worlds from 0 to {(context.WorldGuard?.Worlds ?? 1) - 1}");
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
}
