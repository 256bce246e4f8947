namespace Soc.Checkers.WorldGuard;

/// <summary>The three registers of one slot, as a construction default (worldguard.md section 3.3).</summary>
/// <param name="Address">ADDR: byte address shifted right by 2.</param>
/// <param name="Permissions">PERM: two bits per world, read then write.</param>
/// <param name="Configuration">CFG: mode, error and interrupt flags, lock.</param>
public readonly record struct WorldGuardSlot(ulong Address, ulong Permissions, uint Configuration);
