namespace Soc.Iommu.Registers;

/// <summary>
/// The register page: little-endian, accesses of 4 or 8 naturally aligned bytes inside one register. Everything else reads 0 and
/// is ignored (riscv-iommu.md section 2).
/// </summary>
internal sealed class IommuRegisterMap
{
    private const int PageBytes = 4096;

    private readonly IommuRegister?[] _words = new IommuRegister?[PageBytes / 4];
    private readonly List<IommuRegister> _registers = [];

    public IEnumerable<IommuRegister> Registers => _registers;

    /// <summary>Declares a register; one that is not present reads 0 and ignores writes.</summary>
    public IommuRegister Define(string name, int offset, int size, bool present = true, ulong reset = 0)
    {
        var register = new IommuRegister(name, offset, size, present ? reset : 0);
        if (present)
        {
            _registers.Add(register);
            for (int word = offset / 4; word < (offset + size) / 4; word++)
            {
                _words[word] = register;
            }
        }

        return register;
    }

    public ulong Read(ulong offset, int size)
    {
        if (Find(offset, size) is not { } register)
        {
            return 0;
        }

        ulong value = register.Shown >> (int)(8 * (offset - (ulong)register.Offset));
        return size == 4 ? value & uint.MaxValue : value;
    }

    public void Write(ulong offset, int size, ulong value)
    {
        if (Find(offset, size) is { } register)
        {
            int shift = (int)(8 * (offset - (ulong)register.Offset));
            ulong lanes = size == 4 ? (ulong)uint.MaxValue << shift : ulong.MaxValue;
            register.Write(value << shift, lanes);
        }
    }

    private IommuRegister? Find(ulong offset, int size)
    {
        bool legal = size is 4 or 8 && offset % (ulong)size == 0 && offset <= (ulong)(PageBytes - size);
        return legal && _words[offset / 4] is { } register && size <= register.Size ? register : null;
    }
}
