using System.Numerics;
using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>The WorldGuard facts of a whole SoC, shared by harts, markers and checkers (worldguard.md section 1).</summary>
public sealed record WorldGuardConfiguration
{
    /// <summary>Creates and checks a configuration.</summary>
    /// <param name="worlds">NWorlds: a power of two, 1..32.</param>
    /// <param name="trustedWid">TrustedWID: the only world that may touch checker registers; null when any may.</param>
    /// <param name="hwBypass">HWBypass: after reset the trusted world reaches everything.</param>
    /// <param name="tzCompat">TZCompat: the world travels in the TrustZone secure bit (1 = secure); two worlds only.</param>
    /// <exception cref="CheckerConfigurationException">The combination is not allowed.</exception>
    public WorldGuardConfiguration(int worlds, int? trustedWid = null, bool hwBypass = false, bool tzCompat = false)
    {
        if (worlds is < 1 or > 32 || !BitOperations.IsPow2(worlds))
        {
            throw new CheckerConfigurationException($"the number of worlds is {worlds}; it must be a power of two from 1 to 32");
        }

        if (trustedWid is { } trusted && (trusted < 0 || trusted >= worlds))
        {
            throw new CheckerConfigurationException($"the trusted world is {trusted}; it must be below the number of worlds, {worlds}");
        }

        if (tzCompat && worlds != 2)
        {
            throw new CheckerConfigurationException($"TrustZone compatibility needs exactly 2 worlds, not {worlds}");
        }

        Worlds = worlds;
        TrustedWid = trustedWid;
        HwBypass = hwBypass;
        TzCompat = tzCompat;
    }

    /// <summary>The board 'virt': four worlds, world 3 trusted, bypass on (worldguard.md section 6).</summary>
    public static WorldGuardConfiguration Virt { get; } = new(4, 3, hwBypass: true);

    /// <summary>NWorlds: the number of worlds.</summary>
    public int Worlds { get; }

    /// <summary>TrustedWID; null when any world may touch checker registers.</summary>
    public int? TrustedWid { get; }

    /// <summary>HWBypass: after reset the trusted world reaches everything.</summary>
    public bool HwBypass { get; }

    /// <summary>TZCompat: the world travels in the TrustZone secure bit.</summary>
    public bool TzCompat { get; }

    /// <summary>TrustedWID, or the highest world when there is none; also what transactions without attributes count as.</summary>
    public int EffectiveTrustedWid => TrustedWid ?? Worlds - 1;

    /// <summary>The world of every master that may use all worlds: one bit per world.</summary>
    public ulong AllWorlds => (1UL << Worlds) - 1;

    /// <summary>The world a transaction carries; may be beyond <see cref="Worlds"/> when an initiator is set up wrongly.</summary>
    public int WorldOf(TransactionAttributes attributes) =>
        attributes.IsUnspecified ? EffectiveTrustedWid
        : TzCompat ? (attributes.IsSecure ? 1 : 0)
        : attributes.WorldId;

    /// <summary>The attributes of a transaction that carries a world.</summary>
    public TransactionAttributes Tag(TransactionAttributes attributes, int world) =>
        TzCompat ? attributes.WithSecure(world == 1).WithWorld((byte)world) : attributes.WithWorld((byte)world);

    /// <summary>Whether a transaction may touch the registers of checkers and markers; debuggers may.</summary>
    public bool MayConfigure(TransactionAttributes attributes) =>
        attributes.IsDebug || TrustedWid is not { } trusted || WorldOf(attributes) == trusted;

    /// <summary>Checks a hart's hardwired values (worldguard.md section 2.1).</summary>
    /// <param name="mwid">World of M-mode.</param>
    /// <param name="mwidlist">Worlds that lower modes may use, bit per world.</param>
    /// <exception cref="CheckerConfigurationException">A value names a world that does not exist, or the list is empty.</exception>
    public void RequireHart(int mwid, ulong mwidlist)
    {
        if (mwid < 0 || mwid >= Worlds)
        {
            throw new CheckerConfigurationException($"mwid is {mwid}; it must be below the number of worlds, {Worlds}");
        }

        if (mwidlist == 0 || (mwidlist & ~AllWorlds) != 0)
        {
            throw new CheckerConfigurationException($"mwidlist is 0x{mwidlist:x}; it must name at least one world and none beyond {Worlds - 1}");
        }
    }
}
