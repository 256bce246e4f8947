namespace Soc.Checkers.Declaration;

/// <summary>One option of a kind of checker: a field of its description in a topology, a row of the schema.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Type">What is written there.</param>
/// <param name="Description">One sentence for the schema and for editors, with unit and default.</param>
public sealed record CheckerOption(string Name, CheckerOptionType Type, string Description)
{
    /// <summary>The parameter's name in the specification; empty when it has none.</summary>
    public string Specification { get; init; } = string.Empty;

    /// <summary>Smallest number.</summary>
    public ulong Minimum { get; init; }

    /// <summary>Largest number.</summary>
    public ulong Maximum { get; init; } = uint.MaxValue;

    /// <summary>What it is when the topology says nothing: a number, or 1 for true.</summary>
    public ulong Default { get; init; }

    /// <summary>Whether the topology must say something.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The words to choose from; the first is the default.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The options of each row.</summary>
    public IReadOnlyList<CheckerOption> Columns { get; init; } = [];

    /// <summary>Declares a whole number.</summary>
    public static CheckerOption Integer(string name, string description, ulong minimum, ulong maximum, ulong @default = 0) =>
        new(name, CheckerOptionType.Integer, description) { Minimum = minimum, Maximum = maximum, Default = @default };

    /// <summary>Declares true or false.</summary>
    public static CheckerOption Flag(string name, string description, bool @default = false) =>
        new(name, CheckerOptionType.Flag, description) { Default = @default ? 1UL : 0 };

    /// <summary>Declares a number of bytes.</summary>
    public static CheckerOption Size(string name, string description, ulong @default = 0) =>
        new(name, CheckerOptionType.Size, description) { Default = @default };

    /// <summary>Declares one of several words, the first of which is the default.</summary>
    public static CheckerOption Word(string name, string description, params IReadOnlyList<string> words) =>
        new(name, CheckerOptionType.Word, description) { Words = words };

    /// <summary>Declares a list of whole numbers.</summary>
    public static CheckerOption Numbers(string name, string description, ulong maximum) =>
        new(name, CheckerOptionType.Numbers, description) { Maximum = maximum };
}
