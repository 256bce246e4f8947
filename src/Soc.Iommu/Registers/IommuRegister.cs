namespace Soc.Iommu.Registers;

/// <summary>One register of the 4 KiB page, declared as in riscv-iommu.md section 2.</summary>
/// <param name="name">Name in the specification.</param>
/// <param name="offset">Bytes from the base of the page.</param>
/// <param name="size">Bytes: 4 or 8.</param>
/// <param name="reset">Value after reset.</param>
internal sealed class IommuRegister(string name, int offset, int size, ulong reset)
{
    private readonly ulong _reset = reset;
    private ulong _writable;
    private ulong _oneClears;
    private Func<bool>? _frozen;
    private Func<ulong, ulong, ulong>? _legalise;
    private Action<ulong, ulong>? _written;
    private Func<ulong>? _shown;

    public string Name { get; } = name;

    public int Offset { get; } = offset;

    public int Size { get; } = size;

    /// <summary>The stored value: the model's own access, without rules and effects.</summary>
    public ulong Value { get; set; } = reset;

    /// <summary>Bits that writes can change in any way.</summary>
    public ulong Writable => _writable | _oneClears;

    /// <summary>What software reads.</summary>
    public ulong Shown => _shown is null ? Value : _shown();

    /// <summary>Declares bits that take what is written.</summary>
    public IommuRegister Takes(ulong bits)
    {
        _writable |= bits;
        return this;
    }

    /// <summary>Declares bits that writing 1 clears.</summary>
    public IommuRegister OneClears(ulong bits)
    {
        _oneClears |= bits;
        return this;
    }

    /// <summary>While the rule holds, writes are ignored.</summary>
    public IommuRegister FrozenWhile(Func<bool> rule)
    {
        _frozen = rule;
        return this;
    }

    /// <summary>Turns (old value, wanted value) into the legal value to store.</summary>
    public IommuRegister Legalise(Func<ulong, ulong, ulong> rule)
    {
        _legalise = rule;
        return this;
    }

    /// <summary>Runs after an accepted write with (old value, bits as written), the new value being stored.</summary>
    public IommuRegister WhenWritten(Action<ulong, ulong> effect)
    {
        _written = effect;
        return this;
    }

    /// <summary>Computes what software reads instead of the stored value.</summary>
    public IommuRegister ShownAs(Func<ulong> view)
    {
        _shown = view;
        return this;
    }

    /// <summary>Back to the value after reset.</summary>
    public void Reset() => Value = _reset;

    public void Write(ulong value, ulong lanes)
    {
        if ((lanes & Writable) == 0 || (_frozen is not null && _frozen()))
        {
            return;
        }

        ulong old = Value;
        ulong plain = lanes & _writable;
        ulong next = (old & ~plain) | (value & plain);
        next &= ~(value & lanes & _oneClears);
        Value = _legalise is null ? next : _legalise(old, next);
        _written?.Invoke(old, value & lanes);
    }
}
