using System.Numerics;

namespace Soc.RiscV;

/// <summary>The WorldGuard CSRs of a hart, profile A, and which WID each mode carries (worldguard.md section 2).</summary>
internal sealed class WorldIdentifiers
{
    private readonly WorldGuardConfiguration _configuration;
    private readonly uint _list;

    public WorldIdentifiers(WorldGuardConfiguration configuration)
    {
        _configuration = configuration;
        _list = configuration.EffectiveWidList;
        Reset();
    }

    public ulong Mlwid { get; private set; }

    public ulong Mwiddeleg { get; private set; }

    public ulong Slwid { get; private set; }

    public bool HasMlwid => _configuration.HasSmwg;

    public bool HasMwiddeleg => _configuration.HasSswg;

    public bool HasSlwid => _configuration.HasSswg && Mwiddeleg != 0;

    public void Reset()
    {
        Mlwid = Legal(_configuration.HardwareBypass ? (ulong)_configuration.EffectiveTrustedWid : 0, _list);
        Mwiddeleg = 0;
        Slwid = 0;
    }

    public void WriteMlwid(ulong value) => Mlwid = Legal(value, _list);

    public void WriteMwiddeleg(ulong value)
    {
        Mwiddeleg = value & _list;
        if (Mwiddeleg != 0)
        {
            Slwid = Legal(Slwid, (uint)Mwiddeleg);
        }
    }

    public void WriteSlwid(ulong value) => Slwid = Legal(value, (uint)Mwiddeleg);

    /// <summary>The WID that accesses of an effective mode carry.</summary>
    public byte Of(PrivilegeMode mode) => (byte)(
        mode == PrivilegeMode.Machine || !_configuration.HasSmwg ? (ulong)_configuration.EffectiveMachineWid
        : mode == PrivilegeMode.User && HasSlwid ? Slwid
        : Mlwid);

    // The whole register counts: 65 is not 1 (worldguard.md section 2.2).
    private static ulong Legal(ulong value, uint list) =>
        value < 32 && ((list >> (int)value) & 1) != 0 ? value : (ulong)BitOperations.TrailingZeroCount(list);
}
