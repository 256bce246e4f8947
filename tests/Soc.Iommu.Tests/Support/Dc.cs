namespace Soc.Iommu.Tests.Support;

/// <summary>The doublewords of a device context.</summary>
internal sealed record Dc
{
    public const ulong Valid = 1 << 0;
    public const ulong EnAts = 1 << 1;
    public const ulong EnPri = 1 << 2;
    public const ulong T2Gpa = 1 << 3;
    public const ulong Dtf = 1 << 4;
    public const ulong Pdtv = 1 << 5;
    public const ulong Prpr = 1 << 6;
    public const ulong Gade = 1 << 7;
    public const ulong Sade = 1 << 8;
    public const ulong Dpe = 1 << 9;
    public const ulong Sbe = 1 << 10;
    public const ulong Sxl = 1 << 11;

    public ulong Tc { get; init; } = Valid;

    public ulong Iohgatp { get; init; }

    public ulong Ta { get; init; }

    public ulong Fsc { get; init; }

    public ulong Msiptp { get; init; }

    public ulong Mask { get; init; }

    public ulong Pattern { get; init; }

    public ulong Last { get; init; }

    public ulong[] Words => [Tc, Iohgatp, Ta, Fsc, Msiptp, Mask, Pattern, Last];

    public static ulong Atp(int mode, ulong root, int id = 0) => ((ulong)mode << 60) | ((ulong)id << 44) | (root >> 12);
}
