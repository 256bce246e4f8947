using System.Globalization;

namespace Soc.RiscV.Commits;

/// <summary>Writes retired instructions as Spike does with --log-commits, so that the two can be compared line by line. Harts may share it.</summary>
/// <param name="writer">Where the lines go; whoever made it closes it.</param>
public sealed class CommitLog(TextWriter writer) : ICommitObserver
{
    // The longest line is that of a zeroed cache block: 64 stores of one byte.
    private const int LongestLine = 4096;

    private readonly char[] _line = new char[LongestLine];
    private readonly List<RegisterWrite> _sorted = [];
    private readonly Lock _gate = new();
    private int _length;

    /// <inheritdoc/>
    public void OnCommit(CommitRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            _length = 0;
            Format(record);
            Append("\n");
            writer.Write(_line, 0, _length);
        }
    }

    private static int Key(RegisterWrite write) => (write.Number << 4) | (int)write.File;

    private void Format(CommitRecord record)
    {
        Append("core");
        AppendDecimal(record.HartId, width: 4);
        Append(": ");
        AppendDecimal((ulong)record.Mode);
        Append(" ");
        AppendHexadecimal(record.ProgramCounter, 8);
        Append(" (");
        AppendHexadecimal(record.Instruction, record.Length);
        Append(")");
        foreach (RegisterWrite write in Sorted(record.Registers))
        {
            AppendRegister(write);
            AppendHexadecimal(write.Value, 8);
        }

        foreach (ulong address in record.Loads)
        {
            Append(" mem ");
            AppendHexadecimal(address, 8);
        }

        foreach (MemoryWrite store in record.Stores)
        {
            Append(" mem ");
            AppendHexadecimal(store.Address, 8);
            Append(" ");
            AppendHexadecimal(store.Value, store.Size);
        }
    }

    /// <summary>By number, and among equal numbers by file.</summary>
    private IReadOnlyList<RegisterWrite> Sorted(IReadOnlyList<RegisterWrite> registers)
    {
        if (registers.Count < 2)
        {
            return registers;
        }

        _sorted.Clear();
        _sorted.AddRange(registers);
        _sorted.Sort(static (a, b) => Key(a).CompareTo(Key(b)));
        return _sorted;
    }

    private void AppendRegister(RegisterWrite write)
    {
        if (write.File == RegisterFile.Control)
        {
            Append(" c");
            AppendDecimal((ulong)write.Number);
            Append("_");
            Append(CsrTable.Find(write.Number)?.Name ?? "unknown");
            Append(" ");
            return;
        }

        Append(write.File == RegisterFile.Integer ? " x" : " f");
        AppendDecimal((ulong)write.Number);
        Append(write.Number < 10 ? "  " : " ");
    }

    private void Append(string text)
    {
        text.CopyTo(_line.AsSpan(_length));
        _length += text.Length;
    }

    private void AppendDecimal(ulong value, int width = 0)
    {
        Span<char> digits = stackalloc char[20];
        value.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        for (int i = count; i < width; i++)
        {
            _line[_length++] = ' ';
        }

        digits[..count].CopyTo(_line.AsSpan(_length));
        _length += count;
    }

    private void AppendHexadecimal(ulong value, int bytes)
    {
        Append("0x");
        for (int shift = (8 * bytes) - 4; shift >= 0; shift -= 4)
        {
            _line[_length++] = "0123456789abcdef"[(int)(value >> shift) & 15];
        }
    }
}
