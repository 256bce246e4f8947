namespace Soc.Cli.Output;

/// <summary>Headings, lines, trees and tables for a person: drawn on a terminal, plain aligned text when piped.</summary>
internal abstract class ReportWriter
{
    /// <summary>Drawn when standard output is a terminal, plain otherwise.</summary>
    public static ReportWriter ForStandardOutput() =>
        Console.IsOutputRedirected ? new PlainReportWriter(Console.Out) : new TerminalReportWriter(Spectre.Console.AnsiConsole.Console);

    /// <summary>A title with space before it.</summary>
    public abstract void Heading(string text);

    /// <summary>One line.</summary>
    public abstract void Line(string text);

    /// <summary>A table; every cell but those of the first column is aligned right when it starts with a digit or a dash.</summary>
    public abstract void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows);

    /// <summary>A tree.</summary>
    public abstract void Tree(TreeItem root);

    /// <summary>Whether a column holds numbers.</summary>
    protected static bool IsNumeric(IReadOnlyList<IReadOnlyList<string>> rows, int column) =>
        column > 0 && rows.Count > 0 && rows.All(row => row[column].Length == 0 || (char.IsAsciiDigit(row[column][0]) && !row[column].StartsWith("0x", StringComparison.Ordinal)));
}
