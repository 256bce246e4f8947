using System.Numerics;

namespace Soc.RiscV;

/// <summary>The WorldGuard side of a hart, profile A (worldguard.md sections 1 and 2).</summary>
public sealed record WorldGuardConfiguration
{
    /// <summary>Number of worlds of the SoC, a power of two, 1..32.</summary>
    public int Worlds { get; init; } = 1;

    /// <summary>The only WID that may touch checker registers; null when any may.</summary>
    public int? TrustedWid { get; init; }

    /// <summary>Reset state in which the trusted WID reaches everything.</summary>
    public bool HardwareBypass { get; init; }

    /// <summary>The hart's M-mode WID; null stands for the effective trusted WID.</summary>
    public int? MachineWid { get; init; }

    /// <summary>Bit set of WIDs that lower modes may use (mwidlist); null stands for all.</summary>
    public uint? MachineWidList { get; init; }

    /// <summary>Smwg: mlwid exists; without it every mode carries the M-mode WID.</summary>
    public bool HasSmwg { get; init; }

    /// <summary>Sswg and Smwgd: mwiddeleg and slwid exist.</summary>
    public bool HasSswg { get; init; }

    /// <summary>TrustedWID, or the highest WID when there is none.</summary>
    public int EffectiveTrustedWid => TrustedWid ?? Worlds - 1;

    /// <summary>The hart's M-mode WID.</summary>
    public int EffectiveMachineWid => MachineWid ?? EffectiveTrustedWid;

    /// <summary>Bit set of WIDs that lower modes may use.</summary>
    public uint EffectiveWidList => MachineWidList ?? AllWorlds;

    private uint AllWorlds => Worlds == 32 ? uint.MaxValue : (1u << Worlds) - 1;

    /// <summary>Checks the rules of worldguard.md section 2.1.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    public void Validate()
    {
        if (Worlds is < 1 or > 32 || !BitOperations.IsPow2(Worlds))
        {
            throw new ArgumentException($"number of worlds {Worlds} is not a power of two from 1 to 32");
        }

        if (EffectiveTrustedWid < 0 || EffectiveTrustedWid >= Worlds)
        {
            throw new ArgumentException($"trusted WID {EffectiveTrustedWid} is not below the number of worlds {Worlds}");
        }

        if (EffectiveMachineWid < 0 || EffectiveMachineWid >= Worlds)
        {
            throw new ArgumentException($"mwid {EffectiveMachineWid} is not below the number of worlds {Worlds}");
        }

        if (EffectiveWidList == 0 || (EffectiveWidList & ~AllWorlds) != 0)
        {
            throw new ArgumentException($"mwidlist 0x{EffectiveWidList:x} is empty or names a world that does not exist (there are {Worlds})");
        }

        if (HasSswg && !HasSmwg)
        {
            throw new ArgumentException("sswg needs smwg");
        }
    }
}
