namespace Soc.Memory;

/// <summary>A 4 KiB page of a <see cref="GuestMemory"/>, which must outlive it.</summary>
public readonly unsafe struct GuestPage
{
    private readonly byte* _first;

    internal GuestPage(byte* first) => _first = first;

    /// <summary>Whether this is a page at all.</summary>
    public bool Exists => _first is not null;

    /// <summary>Reads 8 bytes at once from a page that exists.</summary>
    /// <param name="address">Any address whose low 12 bits say where in the page; rounded down to a multiple of 8.</param>
    public ulong ReadDoubleword(ulong address) => Volatile.Read(ref *(ulong*)(_first + (address & 0xFF8)));
}
