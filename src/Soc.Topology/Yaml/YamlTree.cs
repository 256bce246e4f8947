using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Soc.Topology.Yaml;

/// <summary>A node of a YAML document with the place where it starts.</summary>
internal abstract class YamlNode(SourceMark mark)
{
    public SourceMark Mark { get; } = mark;

    /// <summary>What the node is, in a person's words.</summary>
    public abstract string Describe { get; }
}

/// <summary>A scalar; plain ones are numbers, booleans or words, quoted ones always text.</summary>
internal sealed class YamlText(SourceMark mark, string value, bool plain) : YamlNode(mark)
{
    public string Value { get; } = value;

    public bool Plain { get; } = plain;

    public bool IsNull => Plain && Value is "" or "~" or "null";

    public override string Describe => IsNull ? "nothing" : $"'{Value}'";
}

/// <summary>A sequence.</summary>
internal sealed class YamlList(SourceMark mark) : YamlNode(mark)
{
    public List<YamlNode> Items { get; } = [];

    public override string Describe => "a list";
}

/// <summary>A mapping; keys in the order of the file, each once.</summary>
internal sealed class YamlMap(SourceMark mark) : YamlNode(mark)
{
    public List<(YamlText Key, YamlNode Value)> Entries { get; } = [];

    public override string Describe => "a mapping of keys";

    public YamlNode? Find(string key) => Entries.Find(entry => entry.Key.Value == key).Value;
}

/// <summary>
/// Builds the nodes from the parser's events: the library's own document model stops at a duplicate key and loses the
/// difference between plain and quoted text, this one reports and goes on.
/// </summary>
internal sealed class YamlTree
{
    // Deeper than any topology; keeps a damaged file from exhausting the stack.
    private const int MaximumDepth = 32;

    private readonly IParser _parser;
    private readonly MistakeList _mistakes;
    private readonly Dictionary<string, YamlNode> _anchors = [];

    private YamlTree(IParser parser, MistakeList mistakes)
    {
        _parser = parser;
        _mistakes = mistakes;
    }

    /// <summary>Parses one document; null when there is none or the text is no YAML.</summary>
    public static YamlNode? Parse(string text, MistakeList mistakes)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            return new YamlTree(parser, mistakes).Document();
        }
        catch (YamlException exception)
        {
            mistakes.Add(MarkOf(exception.Start), "yaml", OneLine(exception.Message), "mend the YAML syntax here or just before");
            return null;
        }
        catch (InvalidOperationException)
        {
            // The library's scanner says this, without a place, of block structure inside an open bracket.
            SourceMark last = parser.Current is { } current ? MarkOf(current.End) : new SourceMark(1, 1);
            mistakes.Add(last, "yaml", "the structure breaks after this place", "close every '[' and '{' that is open here");
            return null;
        }
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _mistakes.Add(new SourceMark(1, 1), "yaml", "the file is empty", "describe a SoC, starting with 'soc: NAME'");
            return null;
        }

        YamlNode root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Current is DocumentStart second)
        {
            _mistakes.Add(MarkOf(second.Start), "yaml", "a second document starts here", "put one SoC into one file");
        }

        return root;
    }

    private YamlNode Node(int depth)
    {
        ParsingEvent at = _parser.Current!;
        if (depth > MaximumDepth)
        {
            throw new YamlException(at.Start, at.End, $"nested more than {MaximumDepth} deep");
        }

        if (at is AnchorAlias alias)
        {
            _parser.MoveNext();
            return _anchors.TryGetValue(alias.Value.Value, out YamlNode? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"alias '*{alias.Value.Value}' has no anchor before it");
        }

        YamlNode node;
        AnchorName anchor = ((NodeEvent)at).Anchor;
        if (at is Scalar scalar)
        {
            _parser.MoveNext();
            node = new YamlText(MarkOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }
        else if (_parser.TryConsume<SequenceStart>(out _))
        {
            var list = new YamlList(MarkOf(at.Start));
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                list.Items.Add(Node(depth + 1));
            }

            node = list;
        }
        else
        {
            node = Mapping(depth);
        }

        // Anchored only when complete, so that no node can contain itself.
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }

        return node;
    }

    private YamlMap Mapping(int depth)
    {
        MappingStart start = _parser.Consume<MappingStart>();
        var map = new YamlMap(MarkOf(start.Start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            YamlNode key = Node(depth + 1);
            YamlNode value = Node(depth + 1);
            if (key is not YamlText name)
            {
                _mistakes.Add(key.Mark, "yaml", $"{key.Describe} cannot be a key", "use a plain word as key");
            }
            else if (map.Entries.Find(entry => entry.Key.Value == name.Value).Key is { } first)
            {
                _mistakes.Add(name.Mark, name.Value, $"key is given twice (first in line {first.Mark.Line})", "keep one of them");
            }
            else
            {
                map.Entries.Add((name, value));
            }
        }

        return map;
    }

    private static SourceMark MarkOf(in Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
}
