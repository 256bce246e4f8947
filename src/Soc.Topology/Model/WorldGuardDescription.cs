namespace Soc.Topology;

/// <summary>The machine-wide WorldGuard configuration (worldguard.md section 1).</summary>
public sealed record WorldGuardDescription
{
    /// <summary>NWorlds, a power of two, 1..32.</summary>
    public int Worlds { get; init; } = 4;

    /// <summary>TrustedWID: the only world that may touch checker registers; null = any.</summary>
    public int? TrustedWid { get; init; }

    /// <summary>HWBypass: checkers start open for the trusted world.</summary>
    public bool HwBypass { get; init; }

    /// <summary>TZCompat: two worlds, carried in the TrustZone secure bit.</summary>
    public bool TzCompat { get; init; }

    /// <summary>TrustedWID, or the highest world when there is none (worldguard.md section 1).</summary>
    public int EffectiveTrustedWid => TrustedWid ?? Worlds - 1;

    /// <summary>Bit set of all worlds.</summary>
    public uint AllWorlds => Worlds == 32 ? uint.MaxValue : (1u << Worlds) - 1;
}
