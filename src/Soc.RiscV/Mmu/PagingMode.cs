using System.Runtime.CompilerServices;

namespace Soc.RiscV.Mmu;

/// <summary>A paging mode of satp (privileged ISA, sections 10.3 to 10.6).</summary>
/// <param name="Number">satp.MODE.</param>
/// <param name="Name">As in the manual.</param>
/// <param name="Levels">Levels of page tables; each translates 9 bits above the 12 bits of the page offset.</param>
internal sealed record PagingMode(int Number, string Name, int Levels)
{
    /// <summary>The modes that a hart can support, beside Bare, by ascending numbers without a gap; the second and third are extensions.</summary>
    public static readonly PagingMode[] Supported =
    [
        new(8, "Sv39", 3),
        new(9, "Sv48", 4),
        new(10, "Sv57", 5),
    ];

    /// <summary>Bits of a virtual address that are translated; the ones above must equal the highest of them.</summary>
    public int VirtualBits => 12 + (9 * Levels);

    /// <summary>The supported mode of a satp.MODE; null when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PagingMode? Of(int number) => (uint)(number - Supported[0].Number) < (uint)Supported.Length ? Supported[number - Supported[0].Number] : null;
}
