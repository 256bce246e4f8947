namespace Soc.Memory;

/// <summary>The recursion through IOMMU regions, one rule for CPU and DMA paths (softtlb.md section 2.2, last column).</summary>
public static class TranslationChain
{
    /// <summary>Deepest chain of IOMMU regions; beyond it the access is a decode error (case IO5).</summary>
    public const int MaximumDepth = 8;

    /// <summary>Resolves an address in a space to the end of its chain.</summary>
    /// <param name="space">Where the access starts.</param>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes asked for, at least 1.</param>
    /// <param name="kind">The kind of the access.</param>
    /// <param name="attributes">The transaction's attributes; they choose each region's index.</param>
    /// <param name="subscriber">Registers before configurations are read; null when the answer is not kept.</param>
    /// <param name="resolved">The end of the chain; after a decode error an unassigned section with a length to skip.</param>
    public static AccessResult Resolve(
        AddressSpace space, ulong address, ulong length, AccessKind kind, TransactionAttributes attributes,
        ITranslationSubscriber? subscriber, out ResolvedAccess resolved)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Resolve(space.Find(address), address, length, kind, attributes, subscriber, out resolved);
    }

    /// <summary>Resolves an address inside a known section; the lazy translation of the TLB starts here (rule L2).</summary>
    public static AccessResult Resolve(
        Section start, ulong address, ulong length, AccessKind kind, TransactionAttributes attributes,
        ITranslationSubscriber? subscriber, out ResolvedAccess resolved)
    {
        ArgumentNullException.ThrowIfNull(start);
        Section section = start;
        ulong at = address;
        ulong mask = WithinSection(section, at, ulong.MaxValue);
        AccessKinds kinds = AccessKinds.All;
        ulong owners = 0;
        IommuRegion? last = null;
        length = Clip(section, at, length);
        for (int depth = 0; ; depth++)
        {
            if (section.Leaf is not IommuRegion region)
            {
                AccessResult result = section.IsUnassigned ? AccessResult.DecodeError : AccessResult.Ok;
                resolved = new ResolvedAccess(section, section.OffsetOf(at), length, mask, kinds, depth, owners, last);
                return result;
            }

            ulong offset = section.OffsetOf(at);
            int index = region.IndexOf(attributes);
            IommuTranslation answer;
            if (depth == MaximumDepth)
            {
                answer = default;
            }
            else
            {
                subscriber?.BeforeTranslate(region, index);
                answer = region.Translate(offset, kind, index);
                subscriber?.AfterTranslate(region, index, kind, offset, answer);
            }

            kinds &= answer.Permissions;
            owners |= 1UL << (region.Owner & 63);
            last = region;
            if (answer.Target is null || !kinds.Includes(kind))
            {
                resolved = new ResolvedAccess(
                    new Section(section.Space, ReservationRegion.Unassigned, at, at, at, ReadOnly: false), at, length, mask & answer.Mask, kinds, depth + 1, owners, last);
                return AccessResult.DecodeError;
            }

            // Low bits of the address and of the offset agree up to here, so one mask speaks for both.
            mask = Aligned(section, mask) & answer.Mask;
            at = answer.Apply(offset);
            ulong left = answer.Mask - (offset & answer.Mask);
            length = left < length - 1 ? left + 1 : length;
            section = answer.Target.Find(at);
            mask = WithinSection(section, at, mask);
            length = Clip(section, at, length);
        }
    }

    /// <summary>Shrinks an aligned block around an address until it fits into a section.</summary>
    private static ulong WithinSection(Section section, ulong at, ulong mask)
    {
        while ((at & ~mask) < section.Start || (at | mask) > section.Last)
        {
            mask >>= 1;
        }

        return mask;
    }

    /// <summary>Shrinks a block until it is aligned in the leaf as it is in the space.</summary>
    private static ulong Aligned(Section section, ulong mask)
    {
        ulong skew = section.Start - section.OffsetInLeaf;
        while ((skew & mask) != 0)
        {
            mask >>= 1;
        }

        return mask;
    }

    private static ulong Clip(Section section, ulong address, ulong length)
    {
        ulong left = section.Last - address;
        return left < length - 1 ? left + 1 : length;
    }
}
