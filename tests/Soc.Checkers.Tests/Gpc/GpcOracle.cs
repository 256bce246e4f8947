using Soc.Memory;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>Section 4.6 of arm-filters.md read aloud, step by step, on raw register values; its own arithmetic throughout.</summary>
internal sealed record GpcOracle(bool Enabled, ulong Control, ulong TableBase, int AddressBits, int LevelZeroBits, bool HasSecureEl2, Func<ulong, ulong?> Fetch)
{
    /// <summary>GPCSC, or -1 for a pass.</summary>
    public int Check(ulong address, SecuritySpace space, SecuritySpace state)
    {
        const int walk = 1, gpf = 3, abort = 5;
        int[] sizes = [32, 36, 40, 42, 44, 48, 52, 99];
        int size = sizes[Bits(Control, 2, 0)];
        if (!Enabled)
        {
            return -1;
        }

        ulong shareability = Bits(Control, 13, 12);
        bool noncacheable = Bits(Control, 9, 8) == 0 && Bits(Control, 11, 10) == 0;
        ulong granuleCode = Bits(Control, 15, 14);
        if (size > AddressBits || shareability == 1 || (noncacheable && shareability != 2) || granuleCode == 3)
        {
            return Code(walk, 0);
        }

        int disableBit = space switch
        {
            SecuritySpace.Secure => 7,
            SecuritySpace.NonSecure => 6,
            SecuritySpace.Realm => 5,
            _ => -1,
        };
        if (disableBit >= 0 && Bits(Control, disableBit, disableBit) == 1)
        {
            return Code(gpf, 0);
        }

        UInt128 end = (UInt128)1 << size;
        if (address >= end)
        {
            return space == SecuritySpace.NonSecure || Bits(Control, 24, 24) == 1 ? -1 : Code(gpf, 0);
        }

        ulong entries = LevelZeroBits >= size ? 1UL : (ulong)(end >> LevelZeroBits);
        ulong alignment = Math.Max(4096, 8 * entries);
        ulong table = TableBase / alignment * alignment;
        if (table >= end)
        {
            return Code(0, 0);
        }

        ulong span = 1UL << LevelZeroBits;
        if (Fetch(table + (address / span * 8)) is not { } entry)
        {
            return Code(abort, 0);
        }

        if (Bits(entry, 3, 0) == 1)
        {
            return entry >> 8 == 0 ? Decide(Bits(entry, 7, 4), space, state, 0) : Code(walk, 0);
        }

        ulong granule = granuleCode switch
        {
            0 => 4096UL,
            1 => 65536,
            _ => 16384,
        };
        ulong levelOne = Bits(entry, 51, 12) * 4096;
        if (Bits(entry, 3, 0) != 3 || Bits(entry, 11, 4) != 0 || Bits(entry, 63, 52) != 0 || levelOne >= end || levelOne % (span / granule / 16 * 8) != 0)
        {
            return Code(walk, 0);
        }

        ulong inSpan = address % span;
        if (Fetch(levelOne + (inSpan / granule / 16 * 8)) is not { } word)
        {
            return Code(abort, 1);
        }

        if (Bits(word, 3, 0) == 1)
        {
            return word >> 8 is 1 or 2 or 3 ? Decide(Bits(word, 7, 4), space, state, 1) : Code(walk, 1);
        }

        int nibble = (int)(inSpan / granule % 16);
        return Decide(Bits(word, (4 * nibble) + 3, 4 * nibble), space, state, 1);
    }

    private int Decide(ulong information, SecuritySpace space, SecuritySpace state, int level)
    {
        bool? grants = information switch
        {
            0 => false,
            4 => Bits(Control, 25, 25) == 1 ? false : null,
            5 => Bits(Control, 26, 26) == 1 ? false : null,
            8 => HasSecureEl2 ? space == SecuritySpace.Secure : null,
            9 => space == SecuritySpace.NonSecure,
            10 => space == SecuritySpace.Root,
            11 => space == SecuritySpace.Realm,
            13 => Bits(Control, 19, 19) == 1 ? space == SecuritySpace.NonSecure && state is SecuritySpace.NonSecure or SecuritySpace.Root : null,
            15 => true,
            _ => null,
        };
        return grants is null ? Code(1, level) : grants.Value && (information != 13 || space == SecuritySpace.NonSecure) ? -1 : Code(3, level);
    }

    private static int Code(int kind, int level) => (kind * 4) + level;

    private static ulong Bits(ulong value, int high, int low) => (value >> low) & (ulong.MaxValue >> (63 - (high - low)));
}
