using System.Numerics;

namespace Soc.Checkers.Iopmp;

/// <summary>One entry, compiled (iopmp.md section 6).</summary>
/// <param name="First">First byte of the region.</param>
/// <param name="Last">Last byte, inclusive; regions beyond 2^64 are cut (profile P25).</param>
/// <param name="Configuration">ENTRY_CFG; 0 mode bits when there is no region at all.</param>
/// <param name="Domain">The memory domain that owns it, or -1.</param>
/// <param name="HasPriority">Whether it is a priority entry.</param>
internal readonly record struct IopmpEntry(ulong First, ulong Last, ushort Configuration, sbyte Domain, bool HasPriority)
{
    public const int ModeShift = 3;
    public const ulong ModeMask = 3 << ModeShift;
    public const int Off = 0;
    public const int TopOfRange = 1;
    public const int NaturallyAligned4 = 2;
    public const int NaturallyAlignedPowerOfTwo = 3;

    /// <summary>Whether it can match at all.</summary>
    public bool Exists => (Configuration & ModeMask) != 0;

    /// <summary>Whether it matters for the same transactions in the same way, suppression bits left out.</summary>
    public bool JudgesLike(IopmpEntry other) =>
        Exists == other.Exists &&
        (!Exists || (First == other.First && Last == other.Last && HasPriority == other.HasPriority && Domain == other.Domain &&
            ((Configuration ^ other.Configuration) & 7) == 0));

    public bool Contains(ulong first, ulong last) => First <= first && last <= Last;

    public bool Touches(ulong first, ulong last) => First <= last && first <= Last;

    public bool SuppressesInterrupt(IopmpKind kind) => ((Configuration >> 5) & (1 << Direction(kind))) != 0;

    public bool SuppressesError(IopmpKind kind) => ((Configuration >> 8) & (1 << Direction(kind))) != 0;

    /// <summary>Compiles an entry; a region that is empty, or lies beyond 2^64, becomes OFF.</summary>
    public static IopmpEntry Compile(ulong word, ulong previousWord, ushort configuration, int granularityBits, int domain, bool hasPriority)
    {
        (UInt128 first, UInt128 end) = Region((configuration >> ModeShift) & 3, word, previousWord, granularityBits);
        if (first >= end || first > ulong.MaxValue)
        {
            return new IopmpEntry(0, 0, (ushort)(configuration & ~(int)ModeMask), (sbyte)domain, hasPriority);
        }

        UInt128 last = end - 1;
        return new IopmpEntry((ulong)first, last > ulong.MaxValue ? ulong.MaxValue : (ulong)last, configuration, (sbyte)domain, hasPriority);
    }

    private static (UInt128 First, UInt128 End) Region(int mode, ulong word, ulong previousWord, int granularityBits)
    {
        switch (mode)
        {
            case TopOfRange:
                ulong low = (1UL << granularityBits) - 1;
                return ((UInt128)(previousWord & ~low) << 2, (UInt128)(word & ~low) << 2);
            case NaturallyAligned4:
                return ((UInt128)word << 2, ((UInt128)word << 2) + 4);
            case NaturallyAlignedPowerOfTwo:
                UInt128 encoded = word | (granularityBits >= 2 ? (1UL << (granularityBits - 1)) - 1 : 0);
                UInt128 size = UInt128.One << BitOperations.TrailingZeroCount(~(ulong)encoded);
                UInt128 first = encoded & ~((size << 1) - 1);
                return (first << 2, (first << 2) + (size << 3));
            default:
                return (0, 0);
        }
    }

    private static int Direction(IopmpKind kind) => kind switch
    {
        IopmpKind.Read => 0,
        IopmpKind.Fetch => 2,
        _ => 1,
    };
}
