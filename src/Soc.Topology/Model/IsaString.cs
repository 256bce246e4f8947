using System.Collections.Frozen;
using System.Numerics;
using Soc.RiscV;

namespace Soc.Topology;

/// <summary>
/// A RISC-V ISA string such as <c>rv64imac_zicsr_zifencei_zicntr_smwg_sswg</c>, reduced to what the simulator's harts can be
/// told (RISC-V unprivileged ISA, "ISA Extension Naming Conventions"; worldguard.md section 2.5).
/// </summary>
public sealed record IsaString
{
    // What every hart of this version has, and what a topology may switch. 's' and 'u' as letters are an old spelling of
    // "has S-mode and U-mode"; every hart has both.
    private static readonly string[] _letters = ["i", "m", "a", "f", "d", "c", "b", "g", "h", "s", "u"];

    // Promises that profiles name, and that hold for every hart.
    private static readonly string[] _always =
        ["zic64b", "zicclsm", "ziccif", "ziccrse", "ziccamoa", "za64rs", "zihintpause", "zihintntl", "svbare", "ssccptr", "sstvecd", "sstvala", "sscounterenw", "ssu64xl"];

    private static readonly string[] _supported =
        ["zicsr", "zifencei", "zicntr", "zaamo", "zalrsc", "zca", "zmmul", "sv39", "smwg", "smwgd", "sswg", "ssstateen", .. _always];

    // What a hart can have beside, or not have.
    private static readonly FrozenDictionary<string, Extensions> _optional = Enum.GetValues<Extensions>()
        .Where(extension => BitOperations.IsPow2((ulong)extension))
        .ToFrozenDictionary(extension => extension.ToString().ToLowerInvariant());

    // A name that stands for others, or needs them.
    private static readonly (string Name, string[] Implied)[] _implications =
    [
        ("g", ["i", "m", "a", "f", "d", "zicsr", "zifencei", "zicntr"]),
        ("d", ["f"]),
        ("b", ["zba", "zbb", "zbs"]),
        ("zfh", ["zfhmin"]),
        ("zfhmin", ["f"]),
        ("sv57", ["sv48"]),
        ("smaia", ["ssaia"]),
        ("zcmop", ["zimop"]),
        ("ssstateen", ["smstateen"]),
    ];

    private static readonly string[] _mandatory = ["i", "m", "a", "c", "zicsr", "zifencei", "zicntr"];

    private IsaString(string text, IReadOnlySet<string> extensions)
    {
        Text = text;
        Extensions = extensions;
    }

    /// <summary>The string as written.</summary>
    public string Text { get; }

    /// <summary>Letters and extension names, lower case.</summary>
    public IReadOnlySet<string> Extensions { get; }

    /// <summary>Smwg: M-mode sets the world of lower modes (mlwid).</summary>
    public bool HasSmwg => Extensions.Contains("smwg");

    /// <summary>Sswg, which needs Smwgd: S-mode sets the world of U-mode (mwiddeleg, slwid).</summary>
    public bool HasSswg => Extensions.Contains("sswg") || Extensions.Contains("smwgd");

    /// <summary>What the hart has beyond the base.</summary>
    public Extensions Optional => Extensions
        .Aggregate(RiscV.Extensions.None, (all, name) => all | _optional.GetValueOrDefault(name));

    /// <summary>What every hart of this version has, and nothing else.</summary>
    public static IsaString Base { get; } = new("rv64imac_zicsr_zifencei_zicntr", new HashSet<string>(_mandatory));

    /// <summary>What this version supports, for messages.</summary>
    public static string Supported { get; } = "rv64imac with " + string.Join(", ", _supported.Concat(_optional.Keys.Order(StringComparer.Ordinal)));

    /// <summary>Parses a string.</summary>
    /// <param name="text">The string; upper case counts as lower case.</param>
    /// <param name="isa">The result, null after a problem.</param>
    /// <param name="problem">What is wrong, one clause; null when all is well.</param>
    public static bool TryParse(string text, out IsaString? isa, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        isa = null;
        string lower = text.ToLowerInvariant();
        if (!lower.StartsWith("rv64", StringComparison.Ordinal))
        {
            problem = lower.StartsWith("rv32", StringComparison.Ordinal)
                ? "32-bit harts are not supported by this version"
                : $"'{text}' does not start with rv64";
            return false;
        }

        string[] parts = lower[4..].Split('_');
        HashSet<string> extensions = [.. parts[0].Select(letter => letter.ToString())];
        foreach (string part in parts.Skip(1))
        {
            if (!extensions.Add(part))
            {
                problem = $"extension '{part}' is given twice";
                return false;
            }
        }

        string? unknown = extensions.FirstOrDefault(extension => !_letters.Contains(extension) && !_supported.Contains(extension) && !_optional.ContainsKey(extension));
        bool grows = true;
        while (grows)
        {
            grows = _implications.Where(row => extensions.Contains(row.Name)).SelectMany(row => row.Implied).ToList().Exists(extensions.Add);
        }

        string? missing = _mandatory.FirstOrDefault(extension => !extensions.Contains(extension));
        problem = unknown is { Length: 0 } ? "there is an empty extension name between two underscores"
            : unknown is not null ? $"extension '{unknown}' is not supported by this version"
            : missing is not null ? $"extension '{missing}' is missing, and every hart of this version has it"
            : extensions.Contains("sswg") && !extensions.Contains("smwg") ? "extension 'sswg' needs 'smwg'"
            : null;
        if (problem is null)
        {
            isa = new IsaString(text, extensions);
        }

        return problem is null;
    }

    /// <inheritdoc/>
    public bool Equals(IsaString? other) => other is not null && Extensions.SetEquals(other.Extensions);

    /// <inheritdoc/>
    public override int GetHashCode() => Extensions.Count;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
