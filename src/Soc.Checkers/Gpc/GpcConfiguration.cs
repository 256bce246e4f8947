using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>What the registers of one instance mean (arm-filters.md sections 4.2 and 4.3). Immutable.</summary>
/// <param name="AccessEnabled">CR0.ACCESSEN: clear, every access is terminated.</param>
/// <param name="Enabled">CR0.GPCEN, which is GPCCR_EL3.GPC: clear, nothing is checked.</param>
/// <param name="Control">The layout of GPCCR_EL3, without bit 16.</param>
/// <param name="TableBase">Address of the level-0 table as written, bits 51:12.</param>
/// <param name="Options">How the instance is built.</param>
public sealed record GpcConfiguration(bool AccessEnabled, bool Enabled, uint Control, ulong TableBase, GpcOptions Options)
{
    private static readonly int[] AddressSizes = [32, 36, 40, 42, 44, 48, 52];

    /// <summary>PPS in bits; 0 when the code is reserved.</summary>
    public int AddressBits => Field(2, 0) is var code and not 7 ? AddressSizes[code] : 0;

    /// <summary>Base-2 logarithm of the granule: 12, 14 or 16; 0 when PGS is reserved.</summary>
    public int GranuleBits => Field(15, 14) switch
    {
        0 => 12,
        1 => 16,
        2 => 14,
        _ => 0,
    };

    /// <summary>Base-2 logarithm of the bytes for each level-0 entry.</summary>
    public int LevelZeroBits => Options.LevelZeroBits;

    /// <summary>NSO: GPI 0b1101 means "Non-secure only".</summary>
    public bool NonSecureOnly => Bit(19);

    /// <summary>APPSAA: addresses above PPS are open to every space.</summary>
    public bool AboveSizeOpen => Bit(24);

    /// <summary>SA: GPI 0b0100 is defined.</summary>
    public bool SystemAgent => Bit(25);

    /// <summary>NSP: GPI 0b0101 is defined.</summary>
    public bool NonSecureProtected => Bit(26);

    /// <summary>Address of the level-0 table, aligned to its size and at least to 4 KiB; lower bits of the register do not count.</summary>
    public ulong LevelZeroTable => TableBase & ~((1UL << LevelZeroTableBits) - 1);

    /// <summary>Base-2 logarithm of the bytes, and of the alignment, of a level-1 table.</summary>
    public int LevelOneTableBits => LevelZeroBits - GranuleBits - 1;

    /// <summary>Whether all fields are legal (step 2 of section 4.6).</summary>
    public bool IsSane
    {
        get
        {
            int shareability = Field(13, 12);
            return AddressBits != 0 && AddressBits <= Options.AddressBits && shareability != 1 && (Field(11, 8) != 0 || shareability == 2) &&
                GranuleBits != 0;
        }
    }

    private int LevelZeroTableBits => Math.Max(12, 3 + Math.Max(0, AddressBits - LevelZeroBits));

    /// <summary>Whether a space is disabled as a whole: SPAD, NSPAD, RLPAD. There is no such bit for Root.</summary>
    /// <param name="space">The physical address space.</param>
    public bool IsDisabled(SecuritySpace space) => space switch
    {
        SecuritySpace.Secure => Bit(7),
        SecuritySpace.NonSecure => Bit(6),
        SecuritySpace.Realm => Bit(5),
        _ => false,
    };

    /// <summary>Code of PPS for a number of address bits; -1 for none.</summary>
    internal static int AddressBitsCode(int bits) => Array.IndexOf(AddressSizes, bits);

    /// <summary>Code of L0GPTSZ; -1 for none.</summary>
    internal static int LevelZeroCode(int bits) => bits is 30 or 34 or 36 or 39 ? bits - 30 : -1;

    private bool Bit(int bit) => ((Control >> bit) & 1) != 0;

    private int Field(int high, int low) => (int)(Control >> low) & ((1 << (high - low + 1)) - 1);
}
