using System.Globalization;
using Soc.Checkers.Declaration;

namespace Soc.Topology.Yaml;

/// <summary>Reads the options that a kind of checker declares.</summary>
/// <param name="context">What the readers share.</param>
/// <param name="initiators">Names of harts and DMA engines.</param>
internal sealed class CheckerOptionReader(TopologyContext context, IReadOnlyList<string> initiators)
{
    private const string DirectionsHint = "write r, w or rw";

    /// <summary>Reads all options; what is wrong with one is reported and reads as absent.</summary>
    public CheckerSettings Read(MapReader map, IReadOnlyList<CheckerOption> options)
    {
        var values = new Dictionary<string, object>();
        foreach (CheckerOption option in options)
        {
            if (option.IsRequired && !map.Has(option.Name))
            {
                map.Report(option.Name, "is missing", Expected(option));
            }
            else if (Value(map, option) is { } value)
            {
                values[option.Name] = value;
            }
        }

        return new CheckerSettings(options, values, map.Report);
    }

    private static string Expected(CheckerOption option) => option.Type switch
    {
        CheckerOptionType.Integer => $"give a whole number from {option.Minimum} to {option.Maximum}",
        CheckerOptionType.Offset => "give a number of bytes such as 0x2000 or -0x1000",
        CheckerOptionType.Size => Hints.Size,
        CheckerOptionType.Address => Hints.Address,
        CheckerOptionType.Word => $"use one of: {string.Join(", ", option.Words)}",
        _ => "see the schema",
    };

    private object? Value(MapReader map, CheckerOption option)
    {
        string key = option.Name;
        switch (option.Type)
        {
            case CheckerOptionType.Integer:
                return Integer(map, option);
            case CheckerOptionType.Offset:
                return map.Optional<long>(key, TryOffset, Expected(option));
            case CheckerOptionType.Flag:
                return map.OptionalBoolean(key);
            case CheckerOptionType.Size:
                return map.Optional<ulong>(key, Quantity.TrySize, Hints.Size);
            case CheckerOptionType.Address:
                return map.Optional<ulong>(key, Quantity.TryInteger, Hints.Address);
            case CheckerOptionType.Word:
                return Word(map, option);
            case CheckerOptionType.Numbers:
                return Numbers(map, option);
            case CheckerOptionType.Directions:
                return map.OptionalText(key, DirectionsHint) is { } text ? Directions(map, key, text) : null;
            case CheckerOptionType.DirectionsByWorld:
                return map.OptionalMap(key) is { } worlds ? ByWorld(worlds) : null;
            case CheckerOptionType.NumberByTarget:
                return map.OptionalMap(key) is { } numbers ? ByTarget(numbers, option) : null;
            case CheckerOptionType.Range:
                return Range(map, key);
            case CheckerOptionType.Rows:
                return map.Has(key) ? (IReadOnlyList<CheckerSettings>)[.. map.Maps(key).Select(row => Row(row, option))] : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(option), option.Type, "unknown type of an option");
        }
    }

    private static object? Integer(MapReader map, CheckerOption option)
    {
        if (map.Optional<ulong>(option.Name, Quantity.TryInteger, Expected(option)) is not { } value)
        {
            return null;
        }

        if (value < option.Minimum || value > option.Maximum)
        {
            map.Report(option.Name, $"{value} is out of range", Expected(option));
            return null;
        }

        return value;
    }

    private static string? Word(MapReader map, CheckerOption option)
    {
        if (map.OptionalText(option.Name, Expected(option)) is not { } word)
        {
            return null;
        }

        if (option.Words.Contains(word))
        {
            return word;
        }

        map.Report(option.Name, $"'{word}' is unknown", Expected(option));
        return null;
    }

    private List<int>? Numbers(MapReader map, CheckerOption option)
    {
        string expected = $"list whole numbers from {option.Minimum} to {option.Maximum}, such as [1, 2]";
        if (map.OptionalTexts(option.Name, expected) is not { } texts)
        {
            return null;
        }

        List<int> numbers = [];
        foreach ((string text, SourceMark mark) in texts)
        {
            if (Quantity.TryInteger(text, out ulong number) && number >= option.Minimum && number <= option.Maximum)
            {
                numbers.Add((int)number);
            }
            else
            {
                context.Mistakes.Add(mark, map.FieldOf(option.Name), $"'{text}' is not right here", expected);
            }
        }

        return numbers;
    }

    private CheckerSettings Row(MapReader row, CheckerOption option)
    {
        CheckerSettings settings = Read(row, option.Columns);
        row.Finish();
        return settings;
    }

    private static object? Range(MapReader map, string key)
    {
        if (!map.Has(key) || map.OptionalTextIs(key, "full") || map.OptionalMap(key) is not { } range)
        {
            return null;
        }

        ulong start = range.Required<ulong>("start", Quantity.TryInteger, Hints.Address);
        ulong size = range.Required<ulong>("size", Quantity.TrySize, Hints.Size);
        if (size > 0 && ((size & (size - 1)) != 0 || size < TopologyContext.PageSize || start % size != 0))
        {
            range.Report("size", $"0x{size:x} bytes at 0x{start:x} is no naturally aligned power of two of at least 4096", "enlarge the range, or write 'range: full'");
        }

        range.Finish();
        return size == 0 ? null : (start, size);
    }

    private object ByWorld(MapReader map)
    {
        int worlds = context.WorldGuard?.Worlds ?? 1;
        ulong permissions = 0;
        foreach ((string key, SourceMark mark) in map.Keys())
        {
            string access = map.Text(key, DirectionsHint);
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int world) || world >= worlds)
            {
                context.Mistakes.Add(mark, map.FieldOf(key), $"'{key}' is no world of this machine", $"use worlds from 0 to {worlds - 1}");
                continue;
            }

            permissions |= (ulong)Directions(map, key, access) << (2 * world);
        }

        return permissions;
    }

    private Dictionary<string, int> ByTarget(MapReader map, CheckerOption option)
    {
        Dictionary<string, int> numbers = [];
        foreach ((string key, SourceMark mark) in map.Keys())
        {
            if (map.OptionalInteger(key, (int)option.Minimum, (int)option.Maximum) is { } number)
            {
                numbers[key] = number;
            }

            if (!context.Names.Contains(key) && !initiators.Contains(key))
            {
                context.Mistakes.Add(mark, map.FieldOf(key), $"there is no '{key}'", "use names that 'protects' or 'initiators' lists");
            }
        }

        return numbers;
    }

    private static int Directions(MapReader map, string key, string text)
    {
        if (text is not ("r" or "w" or "rw" or "none"))
        {
            map.Report(key, $"'{text}' is no set of directions", "write r, w, rw or none");
        }

        return (text is "r" or "rw" ? 1 : 0) | (text is "w" or "rw" ? 2 : 0);
    }

    private static bool TryOffset(string text, out long value)
    {
        bool negative = text.StartsWith('-');
        bool right = Quantity.TryInteger(negative ? text[1..] : text, out ulong bytes) && bytes <= int.MaxValue;
        value = negative ? -(long)bytes : (long)bytes;
        return right;
    }
}
