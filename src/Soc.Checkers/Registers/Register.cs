using System.Globalization;

namespace Soc.Checkers.Registers;

/// <summary>
/// A register, or an array of like registers at a fixed stride, declared field by field as in the datasheet. The
/// declaration is the implementation: reads, writes, reset, the register table and documentation derive from it.
/// </summary>
/// <remarks>
/// A write takes the fields' rules first (bits that are frozen or outside the written bytes keep their value), then the
/// legalisation, then stores, then runs the write effect. A write that reaches no writable bit does none of this.
/// </remarks>
public sealed class Register
{
    private readonly string _name;
    private readonly ulong[] _values;
    private readonly List<RegisterField> _fields = [];
    private ulong _plain;
    private ulong _oneClears;
    private ulong _oneSets;
    private ulong _writeOnly;
    private ulong _reset;
    private Func<int, ulong>? _resetOf;
    private Func<int, ulong>? _frozen;
    private Func<int, ulong, ulong, ulong>? _legalise;
    private Action<int, ulong, ulong>? _written;
    private Func<int, ulong, ulong>? _view;
    private Func<int, ulong>? _read;

    internal Register(string name, ulong offset, ulong stride, int count, int width)
    {
        _name = name;
        Offset = offset;
        Stride = stride;
        Width = width;
        _values = new ulong[count];
    }

    /// <summary>Offset of element 0, bytes from the base of the block; negative offsets wrap.</summary>
    public ulong Offset { get; }

    /// <summary>Bytes from one element to the next.</summary>
    public ulong Stride { get; }

    /// <summary>Number of elements; 1 for a plain register.</summary>
    public int Count => _values.Length;

    /// <summary>Bytes: 4 or 8.</summary>
    public int Width { get; }

    /// <summary>Whether an access wider than the register reads 0 and is ignored, instead of reaching its neighbour too.</summary>
    public bool ExactWidthOnly { get; private set; }

    /// <summary>What freezes the register, for people; empty when nothing does.</summary>
    public string LockText { get; private set; } = "";

    /// <summary>The declared fields.</summary>
    public IReadOnlyList<RegisterField> Fields => _fields;

    /// <summary>The stored value of the only or first element.</summary>
    public ulong Value
    {
        get => _values[0];
        set => _values[0] = value;
    }

    /// <summary>The stored value of an element: the model's own access, without rules and effects.</summary>
    public ulong this[int index]
    {
        get => _values[index];
        set => _values[index] = value;
    }

    /// <summary>Name of an element.</summary>
    public string NameOf(int index) => string.Format(CultureInfo.InvariantCulture, _name, index);

    /// <summary>Declares a field.</summary>
    /// <param name="name">Name in the specification.</param>
    /// <param name="high">Highest bit number.</param>
    /// <param name="low">Lowest bit number.</param>
    /// <param name="access">How software may change it.</param>
    /// <param name="reset">Value after reset, not shifted.</param>
    public Register Field(string name, int high, int low, RegisterAccess access, ulong reset = 0)
    {
        var field = new RegisterField(name, high, low, access, reset);
        _fields.Add(field);
        _reset |= reset << low;
        switch (access)
        {
            case RegisterAccess.ReadWrite or RegisterAccess.Warl:
                _plain |= field.Mask;
                break;
            case RegisterAccess.WriteOneToClear or RegisterAccess.WriteOneToClearSticky:
                _oneClears |= field.Mask;
                break;
            case RegisterAccess.WriteOneToSetSticky:
                _oneSets |= field.Mask;
                break;
            case RegisterAccess.WriteOnly:
                _writeOnly |= field.Mask;
                break;
        }

        return this;
    }

    /// <summary>Declares a one-bit field.</summary>
    public Register Bit(string name, int bit, RegisterAccess access, bool reset = false) => Field(name, bit, bit, access, reset ? 1UL : 0);

    /// <summary>Reset values that differ from element to element.</summary>
    public Register ResetsTo(Func<int, ulong> value)
    {
        _resetOf = value;
        return this;
    }

    /// <summary>While the rule holds for an element, writes to it are ignored.</summary>
    public Register LockedWhen(string text, Func<int, bool> locked) => FrozenBits(text, index => locked(index) ? ulong.MaxValue : 0);

    /// <summary>Bits of an element that writes leave alone.</summary>
    public Register FrozenBits(string text, Func<int, ulong> frozen)
    {
        LockText = text;
        _frozen = frozen;
        return this;
    }

    /// <summary>Turns (index, old value, wanted value) into the legal value to store.</summary>
    public Register Legalise(Func<int, ulong, ulong, ulong> legalise)
    {
        _legalise = legalise;
        return this;
    }

    /// <summary>Runs after an accepted write with (index, old value, bits as written to fields that software may write); the new value is already stored.</summary>
    public Register WhenWritten(Action<int, ulong, ulong> effect)
    {
        _written = effect;
        return this;
    }

    /// <summary>What software sees of (index, stored value), without side effects.</summary>
    public Register ShownAs(Func<int, ulong, ulong> view)
    {
        _view = view;
        return this;
    }

    /// <summary>A read with side effects, which gives the value; tables and debuggers never run it.</summary>
    public Register WhenRead(Func<int, ulong> read)
    {
        _read = read;
        return this;
    }

    /// <summary>Sets <see cref="ExactWidthOnly"/>.</summary>
    public Register OnlyInExactWidth()
    {
        ExactWidthOnly = true;
        return this;
    }

    /// <summary>What software would read, without side effects.</summary>
    public ulong Peek(int index) => _view is null ? _values[index] : _view(index, _values[index]);

    /// <summary>The value after reset.</summary>
    public ulong ResetValue(int index) => _resetOf is null ? _reset : _resetOf(index);

    internal ulong Read(int index) => _read is null ? Peek(index) : _read(index);

    internal void Write(int index, ulong value, ulong lanes)
    {
        ulong free = _frozen is null ? lanes : lanes & ~_frozen(index);
        ulong writable = free & (_plain | _oneClears | _oneSets | _writeOnly);
        if (writable == 0)
        {
            return;
        }

        ulong old = _values[index];
        ulong plain = free & _plain;
        ulong next = (old & ~plain) | (value & plain);
        next &= ~(value & free & _oneClears);
        next |= value & free & _oneSets;
        _values[index] = _legalise is null ? next : _legalise(index, old, next);
        _written?.Invoke(index, old, value & writable);
    }

    internal void Reset()
    {
        for (int index = 0; index < _values.Length; index++)
        {
            _values[index] = ResetValue(index);
        }
    }

    internal bool Holds(ulong offset, out int index, out int byteInRegister)
    {
        ulong distance = unchecked(offset - Offset);
        ulong element = Count == 1 ? 0 : distance / Stride;
        ulong rest = distance - (element * Stride);
        index = (int)element;
        byteInRegister = (int)rest;
        return element < (ulong)Count && rest < (ulong)Width;
    }
}
