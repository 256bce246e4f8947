namespace Soc.Checkers.WorldGuard;

/// <summary>What one slot that is not OFF matches.</summary>
/// <param name="First">First byte address.</param>
/// <param name="Last">Last byte address, inclusive, at least <paramref name="First"/>.</param>
/// <param name="Permissions">PERM: two bits per world, read then write.</param>
/// <param name="Errors">CFG bits 11:8: ER, EW, IR, IW from bit 0 up.</param>
/// <param name="Slot">Number of the slot.</param>
internal readonly record struct WorldGuardArea(ulong First, ulong Last, ulong Permissions, byte Errors, int Slot = 0)
{
    /// <summary>ER; the same flag for writes is one bit higher.</summary>
    public const int ReadError = 1;

    /// <summary>IR; the same flag for writes is one bit higher.</summary>
    public const int ReadInterrupt = 4;
}
