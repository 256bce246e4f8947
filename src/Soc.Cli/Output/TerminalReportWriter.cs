using Spectre.Console;

namespace Soc.Cli.Output;

/// <summary>Tables and trees drawn for a terminal.</summary>
internal sealed class TerminalReportWriter : ReportWriter
{
    /// <inheritdoc/>
    public override void Heading(string text)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLineInterpolated($"[bold]{text}[/]");
    }

    /// <inheritdoc/>
    public override void Line(string text) => AnsiConsole.WriteLine(text);

    /// <inheritdoc/>
    public override void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int index = 0; index < columns.Count; index++)
        {
            var column = new TableColumn(Markup.Escape(columns[index]));
            table.AddColumn(IsNumeric(rows, index) ? column.RightAligned() : column);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }

    /// <inheritdoc/>
    public override void Tree(TreeItem root)
    {
        var tree = new Tree(Markup.Escape(root.Text));
        foreach (TreeItem child in root.Children)
        {
            Add(tree.AddNode, child);
        }

        AnsiConsole.Write(tree);
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
