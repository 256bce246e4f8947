using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>An invalidation by physical address, as software writes it (arm-filters.md sections 4.8 and 4.10).</summary>
/// <param name="Operation">What is asked for; values beyond those of the enumeration ask for nothing.</param>
/// <param name="SizeCode">SIZE: 0 to 9 for 4 KiB, 16 KiB, 64 KiB, 2 MiB, 32 MiB, 512 MiB, 1 GiB, 16 GiB, 64 GiB, 512 GiB.</param>
/// <param name="Page">Bits 51:12 of the physical address.</param>
public readonly record struct GpcInvalidation(GpcOperation Operation, int SizeCode, ulong Page)
{
    private static readonly int[] SizeBits = [12, 14, 16, 21, 25, 29, 30, 34, 36, 39];

    /// <summary>Whether only the instance that was asked drops something.</summary>
    public bool IsLocal => Operation == GpcOperation.AllLocal;

    /// <summary>Reads the operand out of ROOT_TLBI.</summary>
    public static GpcInvalidation Decode(ulong register) =>
        new((GpcOperation)(register >> 60), (int)(register >> 44) & 0xF, register & 0xFF_FFFF_FFFF);

    /// <summary>The value of ROOT_TLBI.</summary>
    public ulong Encode() => ((ulong)Operation << 60) | ((ulong)(SizeCode & 0xF) << 44) | (Page & 0xFF_FFFF_FFFF);

    /// <summary>
    /// What must be dropped; null when nothing has to be: a reserved operation, size or granule, or a base that is not aligned to the
    /// size. The base is decoded in granules, and a size below the granule counts as the granule.
    /// </summary>
    /// <param name="granuleBits">Base-2 logarithm of the granule of the instance; 0 when PGS is reserved.</param>
    public InvalidationScope? ScopeFor(int granuleBits)
    {
        if (Operation is GpcOperation.AllLocal or GpcOperation.All)
        {
            return new InvalidationScope(0, ulong.MaxValue, GpcPort.CheckedIndexes, AccessKinds.All);
        }

        if (Operation > GpcOperation.RangeLastLevel || SizeCode >= SizeBits.Length || granuleBits == 0)
        {
            return null;
        }

        ulong first = (Page << 12) & ~((1UL << granuleBits) - 1);
        ulong size = 1UL << Math.Max(SizeBits[SizeCode], granuleBits);
        return (first & (size - 1)) != 0 ? null : new InvalidationScope(first, first + (size - 1), GpcPort.CheckedIndexes, AccessKinds.All);
    }
}
