namespace Soc.Topology.Yaml;

/// <summary>Turns text into a value; false when it is none.</summary>
internal delegate bool TextParser<T>(string text, out T value);

/// <summary>
/// Reads the fields of one mapping. Remembers which keys were asked for: what is left over at <see cref="Finish"/> is a
/// mistake, with the nearest known key as remedy. A field that is wrong is reported once and reads as absent.
/// </summary>
internal sealed class MapReader(MistakeList mistakes, YamlMap map, string path)
{
    private readonly List<string> _known = [];

    /// <summary>Path of the mapping, "" for the whole file.</summary>
    public string Path { get; } = path;

    /// <summary>Where the mapping starts.</summary>
    public SourceMark Mark => map.Mark;

    /// <summary>Full name of a field of this mapping.</summary>
    public string FieldOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>Where a field's value is; the mapping's start when the field is not there.</summary>
    public SourceMark MarkOf(string key) => map.Find(key)?.Mark ?? map.Mark;

    /// <summary>Whether the key is there, with whatever value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Reports a mistake about a field.</summary>
    public void Report(string key, string problem, string remedy) => mistakes.Add(MarkOf(key), FieldOf(key), problem, remedy);

    /// <summary>A scalar field; null when absent or (reported) wrong.</summary>
    public T? Optional<T>(string key, TextParser<T> parse, string expected)
        where T : struct
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlText { IsNull: false } text && parse(text.Value.Trim(), out T value))
        {
            return value;
        }

        Report(key, $"{node.Describe} is not right here", expected);
        return null;
    }

    /// <summary>A scalar field that must be there; <c>default</c> when (reported) absent or wrong.</summary>
    public T Required<T>(string key, TextParser<T> parse, string expected)
        where T : struct
    {
        if (!Has(key))
        {
            Report(key, "is missing", expected);
            return default;
        }

        return Optional(key, parse, expected) ?? default;
    }

    /// <summary>A word or text; null when absent or wrong.</summary>
    public string? OptionalText(string key, string expected)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlText { IsNull: false, Value.Length: > 0 } text)
        {
            return text.Value.Trim();
        }

        Report(key, $"{node.Describe} is not right here", expected);
        return null;
    }

    /// <summary>Whether the field is just this word.</summary>
    public bool OptionalTextIs(string key, string word) => Find(key) is YamlText text && text.Value.Trim() == word;

    /// <summary>Whether the field is there and a single text.</summary>
    public bool IsText(string key) => Find(key) is YamlText;

    /// <summary>A word or text that must be there; "" when absent or wrong.</summary>
    public string Text(string key, string expected)
    {
        if (!Has(key))
        {
            Report(key, "is missing", expected);
            return "";
        }

        return OptionalText(key, expected) ?? "";
    }

    /// <summary>An integer within limits.</summary>
    public int? OptionalInteger(string key, int minimum, int maximum)
    {
        string expected = $"give a whole number from {minimum} to {maximum}";
        if (Optional<ulong>(key, Quantity.TryInteger, expected) is not { } value)
        {
            return null;
        }

        if (value < (ulong)minimum || value > (ulong)maximum)
        {
            Report(key, $"{value} is out of range", expected);
            return null;
        }

        return (int)value;
    }

    /// <summary>An integer within limits that must be there; <paramref name="minimum"/> when absent or wrong.</summary>
    public int Integer(string key, int minimum, int maximum)
    {
        if (!Has(key))
        {
            Report(key, "is missing", $"give a whole number from {minimum} to {maximum}");
            return minimum;
        }

        return OptionalInteger(key, minimum, maximum) ?? minimum;
    }

    /// <summary>true or false, unquoted.</summary>
    public bool? OptionalBoolean(string key) =>
        Optional(key, (string text, out bool value) => bool.TryParse(text, out value), "write true or false");

    /// <summary>One of several words.</summary>
    public T? OptionalChoice<T>(string key, IReadOnlyList<Choice<T>> choices)
        where T : struct
    {
        string supported = string.Join(", ", choices.Where(choice => choice.Supported).Select(choice => choice.Name));
        if (OptionalText(key, $"use one of: {supported}") is not { } text)
        {
            return null;
        }

        foreach (Choice<T> choice in choices)
        {
            if (choice.Name == text)
            {
                if (choice.Supported)
                {
                    return choice.Value;
                }

                Report(key, $"'{text}' is not supported by this version", $"use one of: {supported}");
                return null;
            }
        }

        Report(key, $"'{text}' is unknown", $"use one of: {supported}");
        return null;
    }

    /// <summary>One of several words that must be there.</summary>
    public T? RequiredChoice<T>(string key, IReadOnlyList<Choice<T>> choices)
        where T : struct
    {
        if (!Has(key))
        {
            Report(key, "is missing", $"use one of: {string.Join(", ", choices.Where(choice => choice.Supported).Select(choice => choice.Name))}");
            return null;
        }

        return OptionalChoice(key, choices);
    }

    /// <summary>A nested mapping; null when absent or wrong.</summary>
    public MapReader? OptionalMap(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlMap nested:
                return new MapReader(mistakes, nested, FieldOf(key));
            case var other:
                Report(key, $"{other.Describe} is not right here", "write the fields as 'key: value' lines, indented below");
                return null;
        }
    }

    /// <summary>A list of mappings; empty when absent or wrong.</summary>
    public IReadOnlyList<MapReader> Maps(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlList list:
                List<MapReader> maps = [];
                for (int index = 0; index < list.Items.Count; index++)
                {
                    string field = $"{FieldOf(key)}[{index}]";
                    if (list.Items[index] is YamlMap item)
                    {
                        maps.Add(new MapReader(mistakes, item, field));
                    }
                    else
                    {
                        mistakes.Add(list.Items[index].Mark, field, $"{list.Items[index].Describe} is not right here", "write '- key: value' with one key a line");
                    }
                }

                return maps;
            case var other:
                Report(key, $"{other.Describe} is not right here", "write a list, each item starting with '- '");
                return [];
        }
    }

    /// <summary>A list of texts with their places; null when absent or wrong. A single text counts as a list of one.</summary>
    public IReadOnlyList<(string Text, SourceMark Mark)>? OptionalTexts(string key, string expected)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlText { IsNull: false } single:
                return [(single.Value.Trim(), single.Mark)];
            case YamlList list when list.Items.TrueForAll(item => item is YamlText { IsNull: false }):
                return [.. list.Items.Select(item => (((YamlText)item).Value.Trim(), item.Mark))];
            case var other:
                Report(key, $"{other.Describe} is not right here", expected);
                return null;
        }
    }

    /// <summary>Reports a value that is not a multiple of a power of two.</summary>
    public void Aligned(string key, ulong value, ulong alignment)
    {
        if (value % alignment != 0)
        {
            ulong below = value - (value % alignment);
            Report(key, $"0x{value:x} is not a multiple of 0x{alignment:x}", $"use 0x{below:x} or 0x{below + alignment:x}");
        }
    }

    /// <summary>The keys as written, for mappings whose keys are data.</summary>
    public IReadOnlyList<(string Key, SourceMark Mark)> Keys() => [.. map.Entries.Select(entry => (entry.Key.Value, entry.Key.Mark))];

    /// <summary>Reports every key that nobody asked for.</summary>
    public void Finish()
    {
        foreach ((YamlText key, _) in map.Entries)
        {
            if (_known.Contains(key.Value))
            {
                continue;
            }

            string remedy = Nearest(key.Value) is { } near
                ? $"did you mean '{near}'?"
                : $"known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}";
            mistakes.Add(key.Mark, FieldOf(key.Value), "is not a known key", remedy);
        }
    }

    private YamlNode? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        return map.Find(key);
    }

    private string? Nearest(string word)
    {
        (string Key, int Distance) best = _known.Select(key => (key, EditDistance(word, key))).MinBy(pair => pair.Item2);
        return _known.Count > 0 && best.Distance <= 1 + (word.Length / 3) ? best.Key : null;
    }

    private static int EditDistance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
