namespace Soc.Topology.Yaml;

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class MistakeList(string file)
{
    private readonly List<TopologyMistake> _mistakes = [];

    public int Count => _mistakes.Count;

    public void Add(SourceMark mark, string field, string problem, string remedy) =>
        _mistakes.Add(new TopologyMistake(file, mark.Line, mark.Column, field, problem, remedy));

    public void Add(TopologyMistake mistake) => _mistakes.Add(mistake);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<TopologyMistake> Sorted() => [.. _mistakes.OrderBy(mistake => mistake.Line).ThenBy(mistake => mistake.Column)];
}
