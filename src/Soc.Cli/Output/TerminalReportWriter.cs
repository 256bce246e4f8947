using Spectre.Console;

namespace Soc.Cli.Output;

/// <summary>Tables and trees drawn for a terminal.</summary>
/// <param name="console">The terminal.</param>
internal sealed class TerminalReportWriter(IAnsiConsole console) : ReportWriter
{
    // A space on both sides and a line.
    private const int AroundCell = 3;

    /// <inheritdoc/>
    public override void Heading(string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{text}[/]");
    }

    /// <inheritdoc/>
    public override void Line(string text) => console.WriteLine(text);

    /// <inheritdoc/>
    /// <remarks>One that is wider than the terminal becomes several, each with the first column: a number in two pieces cannot be read.</remarks>
    public override void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. columns.Select((column, index) => AroundCell + rows.Select(row => row[index].Length).Append(column.Length).Max())];
        int from = 1;
        do
        {
            int to = from;
            int width = 1 + widths[0];
            while (to < columns.Count && (to == from || width + widths[to] <= console.Profile.Width))
            {
                width += widths[to++];
            }

            DrawTable(columns, rows, [0, .. Enumerable.Range(from, to - from)]);
            from = to;
        }
        while (from < columns.Count);
    }

    /// <inheritdoc/>
    public override void Tree(TreeItem root)
    {
        var tree = new Tree(Markup.Escape(root.Text));
        foreach (TreeItem child in root.Children)
        {
            Add(tree.AddNode, child);
        }

        console.Write(tree);
    }

    private void DrawTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<int> shown)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (int index in shown)
        {
            var column = new TableColumn(Markup.Escape(columns[index]));
            table.AddColumn(IsNumeric(rows, index) ? column.RightAligned() : column);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. shown.Select(index => Markup.Escape(row[index]))]);
        }

        console.Write(table);
    }

    private static void Add(Func<string, TreeNode> add, TreeItem item)
    {
        TreeNode node = add(Markup.Escape(item.Text));
        foreach (TreeItem child in item.Children)
        {
            Add(node.AddNode, child);
        }
    }
}
