namespace Soc.Checkers.Tzc400;

/// <summary>Who may do what in a region, or in a part of the address space with one answer.</summary>
/// <param name="SecureRead">REGION_ATTRIBUTES.S_RD_EN.</param>
/// <param name="SecureWrite">REGION_ATTRIBUTES.S_WR_EN.</param>
/// <param name="NonSecure">REGION_ID_ACCESS: read enables of NSAID 0..15, then their write enables.</param>
/// <param name="Overlap">Several regions claim this part: everything is refused as a configuration error.</param>
internal readonly record struct Tzc400Rights(bool SecureRead, bool SecureWrite, uint NonSecure, bool Overlap = false)
{
    /// <summary>Permission to read.</summary>
    public const int Read = 1;

    /// <summary>Permission to write.</summary>
    public const int Write = 2;

    /// <summary>The permissions of an index: 0 is Secure, 1 + n Non-secure with NSAID n.</summary>
    public int Of(int index) =>
        Overlap ? 0
        : index == 0 ? (SecureRead ? Read : 0) | (SecureWrite ? Write : 0)
        : ((int)(NonSecure >> (index - 1)) & Read) | (((int)(NonSecure >> (15 + index)) & 1) << 1);
}
