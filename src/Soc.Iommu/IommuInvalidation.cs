using System.Numerics;

namespace Soc.Iommu;

/// <summary>
/// One invalidation as it goes to every holder of copies (riscv-iommu.md sections 10, 11 and 18): the operands of the command, or
/// a change of mode.
/// </summary>
/// <param name="Kind">What it concerns.</param>
public readonly record struct IommuInvalidation(IommuInvalidationKind Kind)
{
    /// <summary>GV: only translations of <see cref="Gscid"/>; for a first-stage invalidation otherwise only those of the host.</summary>
    public bool GuestValid { get; init; }

    /// <summary>Guest soft-context id.</summary>
    public ushort Gscid { get; init; }

    /// <summary>PSCV: only translations of <see cref="Pscid"/> that are not global.</summary>
    public bool ProcessValid { get; init; }

    /// <summary>Process soft-context id.</summary>
    public uint Pscid { get; init; }

    /// <summary>AV: only leaf entries that map an address of the range.</summary>
    public bool AddressValid { get; init; }

    /// <summary>First byte of the range.</summary>
    public ulong Address { get; init; }

    /// <summary>log2 of the range in bytes, 12 to 64.</summary>
    public int AddressBits { get; init; }

    /// <summary>NL: also non-leaf entries on the way to the range.</summary>
    public bool NonLeaf { get; init; }

    /// <summary>DV: only the device <see cref="DeviceId"/>.</summary>
    public bool DeviceValid { get; init; }

    /// <summary>Device id, 24 bits.</summary>
    public uint DeviceId { get; init; }

    /// <summary>Process id, 20 bits.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Whether a copy must go that skips directories and page tables: the holder's test.</summary>
    /// <param name="tag">What the copy was tagged with.</param>
    /// <param name="iova">Any address that the copy was asked for; it stands for the whole first-stage leaf.</param>
    public bool Covers(in TranslationTag tag, ulong iova) => Kind switch
    {
        IommuInvalidationKind.FirstStage =>
            (GuestValid ? tag.GuestValid && tag.Gscid == Gscid : !tag.GuestValid) &&
            (!ProcessValid || (tag.ProcessValid && tag.Pscid == Pscid && !tag.IsGlobal)) &&
            (!AddressValid || CoversBlock(iova, tag.FirstStageBits)),
        IommuInvalidationKind.SecondStage =>
            tag.GuestValid && (!GuestValid || (tag.Gscid == Gscid && (!AddressValid || CoversBlock(tag.GuestAddress, tag.SecondStageBits)))),
        IommuInvalidationKind.Device => !DeviceValid || tag.DeviceId == DeviceId,
        IommuInvalidationKind.Process => tag.DeviceId == DeviceId && tag.HasProcessId && tag.ProcessId == ProcessId,
        _ => true,
    };

    /// <summary>Whether the range has an address of the aligned block of 2^<paramref name="bits"/> bytes around an address.</summary>
    internal bool CoversBlock(ulong address, int bits)
    {
        int larger = Math.Max(bits, AddressBits);
        return larger >= 64 || (address ^ Address) >> larger == 0;
    }

    /// <summary>The range that an ADDR operand names: one page, or with S a naturally aligned power of two.</summary>
    internal static (ulong Address, int Bits) Range(ulong page, bool isRange)
    {
        const ulong AllOnes = (1UL << 52) - 1;
        if (!isRange)
        {
            return (page << 12, 12);
        }

        int bits = page == AllOnes ? 64 : BitOperations.TrailingZeroCount(~page) + 13;
        return bits >= 64 ? (0, 64) : ((page << 12) >> bits << bits, bits);
    }
}
