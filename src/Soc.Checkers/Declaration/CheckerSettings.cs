namespace Soc.Checkers.Declaration;

/// <summary>What a topology says about the options of one checker, or of one row of an option; defaults filled in.</summary>
/// <param name="options">The declared options.</param>
/// <param name="values">What was written, by option: ulong, long, bool, string, lists and mappings as <see cref="CheckerOptionType"/> says.</param>
/// <param name="complain">Takes what is wrong with an option: its name, the problem, the remedy; null for nobody.</param>
public sealed class CheckerSettings(
    IReadOnlyList<CheckerOption> options, IReadOnlyDictionary<string, object> values, Action<string, string, string>? complain = null)
{
    /// <summary>Settings of which nothing was written.</summary>
    public static CheckerSettings Defaults(CheckerDeclaration declaration)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        return new CheckerSettings(declaration.Options, new Dictionary<string, object>());
    }

    /// <summary>Whether the topology says something about an option.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>A number, size or address.</summary>
    public ulong Number(string name) => Value(name, Option(name).Default);

    /// <summary>A number that fits into 31 bits.</summary>
    public int Integer(string name) => (int)Number(name);

    /// <summary>An offset, bytes.</summary>
    public long Offset(string name) => Value(name, (long)Option(name).Default);

    /// <summary>A flag.</summary>
    public bool Flag(string name) => Value(name, Option(name).Default != 0);

    /// <summary>The chosen word.</summary>
    public string Word(string name) => Value(name, Option(name).Words[0]);

    /// <summary>A list of numbers.</summary>
    public IReadOnlyList<int> Numbers(string name) => Value<IReadOnlyList<int>>(name, []);

    /// <summary>Directions: bit 0 = read, bit 1 = write.</summary>
    public int Directions(string name) => Value(name, 0);

    /// <summary>Directions of each world: bit 2w = read, bit 2w + 1 = write.</summary>
    public ulong DirectionsByWorld(string name) => Value(name, 0UL);

    /// <summary>The number of a protected thing; the default when the mapping does not name it.</summary>
    public int NumberOf(string name, string target) =>
        Value<IReadOnlyDictionary<string, int>>(name, new Dictionary<string, int>()).GetValueOrDefault(target, (int)Option(name).Default);

    /// <summary>First address and bytes of a range; null for the full address space.</summary>
    public (ulong Start, ulong Size)? Range(string name) => values.TryGetValue(name, out object? value) ? ((ulong, ulong))value : null;

    /// <summary>The rows of an option.</summary>
    public IReadOnlyList<CheckerSettings> Rows(string name) => Value<IReadOnlyList<CheckerSettings>>(name, []);

    /// <summary>Says that an option is wrong.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="remedy">What would be right.</param>
    public void Complain(string name, string problem, string remedy) => complain?.Invoke(name, problem, remedy);

    private CheckerOption Option(string name) =>
        options.FirstOrDefault(option => option.Name == name) ?? throw new ArgumentException($"no option '{name}' is declared", nameof(name));

    private T Value<T>(string name, T otherwise) => values.TryGetValue(name, out object? value) ? (T)value : otherwise;
}
