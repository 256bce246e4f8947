using System.Globalization;

namespace Soc.Topology.Yaml;

/// <summary>Reads the faults to inject: from the topology's <c>faults</c>, and from the command line in the same words.</summary>
/// <param name="agents">Names of harts, DMA engines, checkers and IOMMUs.</param>
/// <param name="initiators">Those that can stall.</param>
internal sealed class FaultReader(IReadOnlyList<string> agents, IReadOnlyList<string> initiators)
{
    private const string TimeHint = "give a time above zero, such as 10us";

    private static readonly IReadOnlyList<Choice<FaultKind>> _kinds =
    [
        new("delay", FaultKind.Delay),
        new("duplicate", FaultKind.Duplicate),
        new("reorder", FaultKind.Reorder),
        new("drop", FaultKind.Drop),
        new("stall", FaultKind.Stall),
    ];

    private static readonly IReadOnlyList<Choice<FaultMessage>> _messages =
    [
        new("invalidate", FaultMessage.Invalidate),
        new("invalidate-ack", FaultMessage.InvalidateAck),
    ];

    /// <summary>Reads one fault of a command line: the fields of a mapping without braces.</summary>
    public FaultDescription? Read(string text, MistakeList mistakes)
    {
        var own = new MistakeList("--fault");
        FaultDescription? fault = null;
        if (YamlTree.Parse($"{{{text}}}", own) is YamlMap map)
        {
            fault = Read(new MapReader(own, map, ""));
        }

        foreach (TopologyMistake mistake in own.Sorted())
        {
            // The brace is not the user's.
            mistakes.Add(mistake with { Column = Math.Max(1, mistake.Column - 1) });
        }

        return fault;
    }

    /// <summary>Reads one fault; null when it is (reported) wrong.</summary>
    public FaultDescription? Read(MapReader map)
    {
        FaultKind? kind = map.RequiredChoice("kind", _kinds);
        FaultDescription? fault = kind switch
        {
            null => null,
            FaultKind.Stall => new FaultDescription
            {
                Kind = FaultKind.Stall,
                Initiator = Name(map, "initiator", initiators, required: true),
                At = map.Required<ulong>("at", Quantity.TryTime, "give a time such as 10us"),
                Duration = map.Required<ulong>("for", TryPositiveTime, TimeHint),
            },
            { } ofMessage => new FaultDescription
            {
                Kind = ofMessage,
                Message = map.RequiredChoice("message", _messages),
                From = Name(map, "from", agents, required: false),
                To = Name(map, "to", agents, required: false),
                Nth = map.OptionalInteger("nth", 1, int.MaxValue) ?? 0,
                Probability = map.Optional<double>("probability", TryProbability, "give a number above 0 and at most 1") ?? 1,
                By = ofMessage is FaultKind.Delay or FaultKind.Reorder ? map.Required<ulong>("by", TryPositiveTime, TimeHint) : 0,
            },
        };
        if (kind is not null)
        {
            map.Finish();
        }

        return fault;
    }

    private static string? Name(MapReader map, string key, IReadOnlyList<string> known, bool required)
    {
        string expected = $"use one of: {string.Join(", ", known.Take(20))}";
        string? name = required ? map.Text(key, expected) : map.OptionalText(key, expected);
        if (name is { Length: > 0 } && !known.Contains(name))
        {
            map.Report(key, $"there is no '{name}'", expected);
        }

        return name;
    }

    private static bool TryPositiveTime(string text, out ulong value) => Quantity.TryTime(text, out value) && value > 0;

    private static bool TryProbability(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is > 0 and <= 1;
}
