using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>A fault as ROOT_GPF_FAR and ROOT_GPT_CFG_FAR hold it (arm-filters.md section 4.10; the format is this project's).</summary>
/// <param name="Space">Physical address space of the access.</param>
/// <param name="Page">Physical address, its low 12 bits zero.</param>
/// <param name="StatusCode">GPCSC.</param>
/// <param name="Kind">What was tried; an atomic counts as a store.</param>
/// <param name="OnTableWalk">The access was to a page table.</param>
public readonly record struct GpcRecord(SecuritySpace Space, ulong Page, int StatusCode, AccessKind Kind, bool OnTableWalk)
{
    private const ulong Valid = 1;
    private const ulong PageField = 0x000F_FFFF_FFFF_F000;

    /// <summary>Reads a register; null when it holds no fault.</summary>
    public static GpcRecord? Decode(ulong register) => (register & Valid) == 0 ? null : new GpcRecord(
        (SecuritySpace)(((register >> 63) & 1) | ((register >> 61) & 2)),
        register & PageField,
        (int)(register >> 6) & 0x3F,
        ((register >> 2) & 3) switch
        {
            0 => AccessKind.Fetch,
            1 => AccessKind.Load,
            _ => AccessKind.Store,
        },
        (register & 2) != 0);

    /// <summary>The register value: NS 63, NSE 62, page 51:12, GPCSC 11:6, kind 3:2, walk 1, valid 0.</summary>
    public ulong Encode()
    {
        ulong kind = Kind switch
        {
            AccessKind.Fetch => 0,
            AccessKind.Load => 1,
            _ => 2,
        };
        return AddressRegister(Space, Page) | ((ulong)(StatusCode & 0x3F) << 6) | (kind << 2) | (OnTableWalk ? 2UL : 0) | Valid;
    }

    /// <summary>The layout of MFAR_EL3: NS 63, NSE 62, page 51:12.</summary>
    public static ulong AddressRegister(SecuritySpace space, ulong address) =>
        (((ulong)space & 1) << 63) | (((ulong)space & 2) << 61) | (address & PageField);
}
