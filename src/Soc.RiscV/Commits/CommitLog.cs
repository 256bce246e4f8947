using System.Globalization;
using System.Text;

namespace Soc.RiscV.Commits;

/// <summary>Writes retired instructions as Spike does with --log-commits, so that the two can be compared line by line. Harts may share it.</summary>
/// <param name="writer">Where the lines go; whoever made it closes it.</param>
public sealed class CommitLog(TextWriter writer) : ICommitObserver
{
    private readonly StringBuilder _line = new();
    private readonly List<RegisterWrite> _sorted = [];
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public void OnCommit(CommitRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            _line.Clear();
            Format(record);
            writer.Write(_line);
            writer.Write('\n');
        }
    }

    private void Format(CommitRecord record)
    {
        _line.Append(CultureInfo.InvariantCulture, $"core{record.HartId,4}: {(int)record.Mode} 0x{record.ProgramCounter:x16} (");
        AppendValue(record.Instruction, record.Length);
        _line.Append(')');

        // By number, and among equal numbers by file.
        _sorted.Clear();
        _sorted.AddRange(record.Registers);
        _sorted.Sort(static (a, b) => Key(a).CompareTo(Key(b)));
        foreach (RegisterWrite write in _sorted)
        {
            string name = write.File switch
            {
                RegisterFile.Integer => "x" + write.Number.ToString(CultureInfo.InvariantCulture).PadRight(2),
                RegisterFile.Float => "f" + write.Number.ToString(CultureInfo.InvariantCulture).PadRight(2),
                _ => $"c{write.Number.ToString(CultureInfo.InvariantCulture)}_{CsrTable.Find(write.Number)?.Name}",
            };
            _line.Append(CultureInfo.InvariantCulture, $" {name} 0x{write.Value:x16}");
        }

        foreach (ulong address in record.Loads)
        {
            _line.Append(CultureInfo.InvariantCulture, $" mem 0x{address:x16}");
        }

        foreach (MemoryWrite store in record.Stores)
        {
            _line.Append(CultureInfo.InvariantCulture, $" mem 0x{store.Address:x16} ");
            AppendValue(store.Value, store.Size);
        }
    }

    private static int Key(RegisterWrite write) => (write.Number << 4) | (int)write.File;

    private void AppendValue(ulong value, int bytes)
    {
        ulong shown = value & (ulong.MaxValue >> (64 - (8 * bytes)));
        _line.Append("0x").Append(shown.ToString("x" + (2 * bytes).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }
}
