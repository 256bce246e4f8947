using Soc.Topology.Yaml;

namespace Soc.Topology;

/// <summary>Reads topology files.</summary>
public static class TopologyFile
{
    /// <summary>Reads and validates a file; relative paths inside it start at its own folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the command line changes; null = nothing.</param>
    public static TopologyLoadResult Load(string path, TopologyLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist"
                : Directory.Exists(path) ? "is a folder"
                : $"cannot be read ({exception.Message.ReplaceLineEndings(" ")})";
            return new TopologyLoadResult(null, [new TopologyMistake(path, 1, 1, "file", problem, "name a topology file, such as topologies/quad-worlds.yaml")]);
        }

        return Parse(path, text, options);
    }

    /// <summary>Validates the text of a file.</summary>
    /// <param name="path">Name for messages, and the start of relative paths inside the text.</param>
    /// <param name="text">YAML.</param>
    /// <param name="options">What the command line changes; null = nothing.</param>
    public static TopologyLoadResult Parse(string path, string text, TopologyLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        var mistakes = new MistakeList(path);
        SocTopology? topology = null;
        switch (YamlTree.Parse(text, mistakes))
        {
            case YamlMap root:
                topology = new TopologyReader(path, new MapReader(mistakes, root, ""), mistakes, options ?? new TopologyLoadOptions()).Read();
                break;
            case { } other:
                mistakes.Add(other.Mark, "yaml", $"the file holds {other.Describe}", "describe a SoC as 'key: value' lines, starting with 'soc: NAME'");
                break;
            case null:
                break;
        }

        return new TopologyLoadResult(mistakes.Count == 0 ? topology : null, mistakes.Sorted());
    }

    /// <summary>Parses a time with unit ("10us") as topology files write it, for command lines; result in ns.</summary>
    public static bool TryParseTime(string text, out ulong nanoseconds) => Quantity.TryTime(text ?? "", out nanoseconds);
}
