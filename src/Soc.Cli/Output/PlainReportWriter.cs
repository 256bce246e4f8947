namespace Soc.Cli.Output;

/// <summary>Aligned text without colour or drawing, the same wherever it is written to.</summary>
internal sealed class PlainReportWriter(TextWriter output) : ReportWriter
{
    /// <inheritdoc/>
    public override void Heading(string text)
    {
        output.Write('\n');
        output.Write($"{text}\n");
    }

    /// <inheritdoc/>
    public override void Line(string text) => output.Write($"{text}\n");

    /// <inheritdoc/>
    public override void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. columns.Select((column, index) => Math.Max(column.Length, rows.Select(row => row[index].Length).DefaultIfEmpty(0).Max()))];
        bool[] numeric = [.. columns.Select((_, index) => IsNumeric(rows, index))];
        foreach (IReadOnlyList<string> row in rows.Prepend(columns))
        {
            string line = string.Join("  ", row.Select((cell, index) => numeric[index] ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index])));
            output.Write($"  {line.TrimEnd()}\n");
        }
    }

    /// <inheritdoc/>
    public override void Tree(TreeItem root) => Write(root, 0);

    private void Write(TreeItem item, int depth)
    {
        output.Write($"{new string(' ', 2 * depth)}{item.Text}\n");
        foreach (TreeItem child in item.Children)
        {
            Write(child, depth + 1);
        }
    }
}
