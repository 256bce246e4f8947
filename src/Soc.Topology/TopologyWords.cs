using Soc.Tlb;
using Soc.Topology.Yaml;

namespace Soc.Topology;

/// <summary>The words of the topology language for what a command line can choose as well.</summary>
public static class TopologyWords
{
    /// <summary>Every strategy with its word, in the order in which comparisons show them.</summary>
    public static IReadOnlyDictionary<string, TlbStrategy> Strategies { get; } = Words(Choices.Strategies);

    /// <summary>Every guarantee level with its word.</summary>
    public static IReadOnlyDictionary<string, GuaranteeLevel> Guarantees { get; } = Words(Choices.Guarantees);

    /// <summary>Every granularity of an invalidation with its word.</summary>
    public static IReadOnlyDictionary<string, InvalidationGranularity> Invalidations { get; } = Words(Choices.Invalidations);

    /// <summary>The word of a strategy.</summary>
    public static string Of(TlbStrategy strategy) => Of(Choices.Strategies, strategy);

    /// <summary>The word of a guarantee level.</summary>
    public static string Of(GuaranteeLevel level) => Of(Choices.Guarantees, level);

    /// <summary>The word of a granularity.</summary>
    public static string Of(InvalidationGranularity granularity) => Of(Choices.Invalidations, granularity);

    private static OrderedDictionary<string, T> Words<T>(IReadOnlyList<Choice<T>> choices)
    {
        var words = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (Choice<T> choice in choices.Where(choice => choice.Supported))
        {
            words.Add(choice.Name, choice.Value);
        }

        return words;
    }

    private static string Of<T>(IReadOnlyList<Choice<T>> choices, T value)
        where T : struct => choices.First(choice => choice.Value.Equals(value)).Name;
}
