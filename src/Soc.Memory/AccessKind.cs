namespace Soc.Memory;

/// <summary>
/// What one access does. The order (load, store, fetch) doubles as the index of the compare word in a TLB entry
/// (softtlb.md section 3.1). An atomic read-modify-write needs <see cref="Load"/> and <see cref="Store"/>.
/// </summary>
public enum AccessKind : byte
{
    /// <summary>Data read (R).</summary>
    Load = 0,

    /// <summary>Data write (W).</summary>
    Store = 1,

    /// <summary>Instruction read (X).</summary>
    Fetch = 2,
}
