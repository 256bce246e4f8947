namespace Soc.Cli.Output;

/// <summary>A node of a tree for people.</summary>
internal sealed class TreeItem(string text)
{
    public string Text { get; } = text;

    public List<TreeItem> Children { get; } = [];

    /// <summary>Adds a child and returns it.</summary>
    public TreeItem Add(string text)
    {
        var child = new TreeItem(text);
        Children.Add(child);
        return child;
    }
}
