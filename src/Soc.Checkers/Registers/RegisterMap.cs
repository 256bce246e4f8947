using System.Globalization;
using System.Text;

namespace Soc.Checkers.Registers;

/// <summary>
/// A block of memory-mapped registers, little endian. Where nothing is declared, reads give 0 and writes are ignored.
/// </summary>
/// <param name="name">Name for people.</param>
public sealed class RegisterMap(string name)
{
    private readonly List<Register> _registers = [];

    /// <summary>Name for people.</summary>
    public string Name { get; } = name;

    /// <summary>All declared registers in declaration order.</summary>
    public IReadOnlyList<Register> Registers => _registers;

    /// <summary>Declares one register.</summary>
    /// <param name="registerName">Name in the specification.</param>
    /// <param name="offset">Bytes from the base of the block.</param>
    /// <param name="width">Bytes: 4 or 8.</param>
    public Register Define(string registerName, ulong offset, int width) => DefineArray(registerName, offset, 0, 1, width);

    /// <summary>Declares an array of registers.</summary>
    /// <param name="registerName">Name in the specification; "{0}" stands for the index.</param>
    /// <param name="offset">Offset of element 0, bytes from the base of the block; a negative offset as its two's complement.</param>
    /// <param name="stride">Bytes from one element to the next.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="width">Bytes: 4 or 8.</param>
    public Register DefineArray(string registerName, ulong offset, ulong stride, int count, int width)
    {
        var register = new Register(registerName, offset, stride, count, width);
        _registers.Add(register);
        return register;
    }

    /// <summary>Reads 4 or 8 naturally aligned bytes, with side effects.</summary>
    public ulong Read(ulong offset, int size) => Read(offset, size, effects: true);

    /// <summary>Reads 4 or 8 naturally aligned bytes without side effects, for debuggers.</summary>
    public ulong Peek(ulong offset, int size) => Read(offset, size, effects: false);

    /// <summary>Writes 4 or 8 naturally aligned bytes.</summary>
    public void Write(ulong offset, int size, ulong value)
    {
        if (Find(offset, out int index, out int shift) is { } register)
        {
            if (register.Width == size)
            {
                register.Write(index, value, size == 4 ? uint.MaxValue : ulong.MaxValue);
                return;
            }

            if (size < register.Width)
            {
                register.Write(index, value << (8 * shift), (ulong)uint.MaxValue << (8 * shift));
                return;
            }

            if (register.ExactWidthOnly)
            {
                return;
            }
        }

        if (size == 8)
        {
            WriteWord(offset, value & uint.MaxValue);
            WriteWord(offset + 4, value >> 32);
        }
    }

    /// <summary>Sets every register to its reset value.</summary>
    public void Reset()
    {
        foreach (Register register in _registers)
        {
            register.Reset();
        }
    }

    /// <summary>The register table, in offset order.</summary>
    public IReadOnlyList<RegisterRow> Table() =>
    [
        .. _registers
            .SelectMany(register => Enumerable.Range(0, register.Count).Select(index => RowOf(register, index)))
            .OrderBy(row => (long)row.Offset),
    ];

    /// <summary>Documentation of the block: registers and fields as a Markdown table, arrays once.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {Name}\n\n| offset | bytes | register | bits | field | access | reset | frozen by |\n|---|---|---|---|---|---|---|---|\n");
        foreach (Register register in _registers.OrderBy(register => (long)register.Offset))
        {
            string offset = register.Count == 1 ? $"0x{register.Offset:x3}" : $"0x{register.Offset:x3} + 0x{register.Stride:x}*i, i < {register.Count}";
            string registerName = register.Count == 1 ? register.NameOf(0) : register.NameOf(0).Replace("[0]", "[i]", StringComparison.Ordinal).Replace("(0)", "(i)", StringComparison.Ordinal);
            foreach (RegisterField field in register.Fields)
            {
                string bits = field.High == field.Low ? $"{field.Low}" : $"{field.High}:{field.Low}";
                text.Append(CultureInfo.InvariantCulture, $"| {offset} | {register.Width} | {registerName} | {bits} | {field.Name} | {field.AccessText} | 0x{field.Of(register.ResetValue(0)):x} | {register.LockText} |\n");
            }
        }

        return text.ToString();
    }

    private static RegisterRow RowOf(Register register, int index) => new(
        unchecked(register.Offset + ((ulong)index * register.Stride)),
        register.NameOf(index),
        register.Width,
        string.Join('/', register.Fields.Select(field => field.AccessText).Distinct()),
        register.ResetValue(index),
        register.Peek(index),
        register.LockText);

    private ulong Read(ulong offset, int size, bool effects)
    {
        if (Find(offset, out int index, out int shift) is { } register)
        {
            if (size <= register.Width)
            {
                ulong value = effects ? register.Read(index) : register.Peek(index);
                return size == register.Width ? value : (value >> (8 * shift)) & uint.MaxValue;
            }

            if (register.ExactWidthOnly)
            {
                return 0;
            }
        }

        return size == 4 ? 0 : ReadWord(offset, effects) | (ReadWord(offset + 4, effects) << 32);
    }

    private Register? Find(ulong offset, out int index, out int byteInRegister)
    {
        foreach (Register register in _registers)
        {
            if (register.Holds(offset, out index, out byteInRegister))
            {
                return register;
            }
        }

        index = 0;
        byteInRegister = 0;
        return null;
    }

    private ulong ReadWord(ulong offset, bool effects) => Find(offset, out _, out _) is { ExactWidthOnly: false } ? Read(offset, 4, effects) : 0;

    private void WriteWord(ulong offset, ulong value)
    {
        if (Find(offset, out _, out _) is { ExactWidthOnly: false })
        {
            Write(offset, 4, value);
        }
    }
}
