using System.Numerics;

namespace Soc.Devices.Dma;

/// <summary>WorldGuard parameters of a DMA engine's WID markers (worldguard.md sections 1 and 2.3).</summary>
public sealed record DmaWorldGuard
{
    /// <summary>Checks and holds the parameters.</summary>
    /// <param name="worlds">NWorlds: a power of two, 1..32.</param>
    /// <param name="trustedWid">TrustedWID, less than NWorlds; null = none, then any world may touch the markers.</param>
    /// <param name="hardwareBypass">HWBypass: markers reset to the effective trusted WID, else to 0.</param>
    /// <param name="widList">Bit per WID that a marker may hold; null = all of NWorlds.</param>
    /// <exception cref="ArgumentException">A parameter is not what is said above, or the list is empty.</exception>
    public DmaWorldGuard(int worlds, int? trustedWid, bool hardwareBypass, uint? widList = null)
    {
        if (worlds is < 1 or > 32 || !BitOperations.IsPow2(worlds))
        {
            throw new ArgumentException($"the number of worlds is a power of two from 1 to 32, not {worlds}", nameof(worlds));
        }

        uint all = worlds == 32 ? uint.MaxValue : (1u << worlds) - 1;
        if (trustedWid is { } trusted && (uint)trusted >= (uint)worlds)
        {
            throw new ArgumentException($"the trusted WID is less than {worlds}, not {trusted}", nameof(trustedWid));
        }

        WidList = widList ?? all;
        if (WidList == 0 || (WidList & ~all) != 0)
        {
            throw new ArgumentException($"the WID list 0x{WidList:x} is empty or names a world of {worlds} or more", nameof(widList));
        }

        TrustedWid = trustedWid;
        int reset = hardwareBypass ? trustedWid ?? (worlds - 1) : 0;
        ResetWid = Legalise((ulong)reset);
    }

    /// <summary>TrustedWID, or null for none.</summary>
    public int? TrustedWid { get; }

    /// <summary>Bit per WID that a marker may hold.</summary>
    public uint WidList { get; }

    /// <summary>What a marker holds after reset.</summary>
    public byte ResetWid { get; }

    /// <summary>The WID itself if legal, else the lowest legal one (WARL).</summary>
    public byte Legalise(ulong wid) =>
        wid < 32 && ((WidList >> (int)wid) & 1) != 0 ? (byte)wid : (byte)BitOperations.TrailingZeroCount(WidList);
}
