using System.Numerics;

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
        var chain = new Chain(start, address, length, subscriber);
        while (chain.Section.Iommu is { } region)
        {
            ulong offset = chain.Section.OffsetOf(chain.At);
            int index = region.IndexOf(attributes);
            IommuTranslation answer = default;
            bool whole = false;
            if (chain.Enter(region, index))
            {
                answer = region.Translate(offset, kind, index);
                if (answer.Mask - (offset & answer.Mask) < chain.Length - 1 &&
                    region.TranslateSpan(offset, chain.Length, kind, index) is { } span)
                {
                    // One verdict for all bytes; the granule still says that it must not be kept.
                    answer = span with { Mask = answer.Mask, Address = (span.Apply(offset) & ~answer.Mask) | (offset & answer.Mask) };
                    whole = true;
                }

                subscriber?.AfterTranslate(region, index, kind, offset, answer);
            }

            if (!chain.Follow(region, offset, answer, kind.ToSet(), whole))
            {
                resolved = chain.Refused();
                return AccessResult.DecodeError;
            }
        }

        resolved = chain.End();
        return chain.Section.IsUnassigned ? AccessResult.DecodeError : AccessResult.Ok;
    }

    /// <summary>
    /// Resolves the first piece of an access, joined with the pieces after it as long as they belong to one naturally aligned 8-byte
    /// block and continue in the same place: granules that say the same must not cut a register access in two (rule N, property P20).
    /// </summary>
    /// <inheritdoc cref="Resolve(AddressSpace, ulong, ulong, AccessKind, TransactionAttributes, ITranslationSubscriber?, out ResolvedAccess)"/>
    public static AccessResult ResolvePiece(
        AddressSpace space, ulong address, ulong length, AccessKind kind, TransactionAttributes attributes,
        ITranslationSubscriber? subscriber, out ResolvedAccess resolved)
    {
        AccessResult result = Resolve(space, address, length, kind, attributes, subscriber, out resolved);
        while (result == AccessResult.Ok && resolved.Length < length && ((address + resolved.Length) & 7) != 0)
        {
            AccessResult following = Resolve(
                space, address + resolved.Length, length - resolved.Length, kind, attributes, subscriber, out ResolvedAccess next);
            if (following != AccessResult.Ok || !ReferenceEquals(next.Section, resolved.Section) ||
                !ReferenceEquals(next.Last, resolved.Last) || next.Offset != resolved.Offset + resolved.Length)
            {
                break;
            }

            resolved = resolved with { Length = resolved.Length + next.Length };
        }

        return result;
    }

    /// <summary>
    /// Resolves an address for whatever kind, with a single answer: the question "flags 0" of softtlb.md section 2.1. One answer
    /// has one target, so this cannot be faithful to filters that refuse some kinds; the eager strategies live with that.
    /// </summary>
    /// <param name="start">The section that holds <paramref name="address"/>.</param>
    /// <param name="address">First byte.</param>
    /// <param name="attributes">The transaction's attributes.</param>
    /// <param name="subscriber">Registers before configurations are read, and counts one translation per region.</param>
    /// <param name="resolved">The permitted end of the chain, or the sink of a region that refuses every kind; after a decode error no kind is left.</param>
    /// <param name="sink">The first blocked sink met on the way by a kind while others go on; its kinds are all those that it or a later region refuses. Null without one.</param>
    public static AccessResult ResolveForAnyKind(
        Section start, ulong address, TransactionAttributes attributes, ITranslationSubscriber? subscriber,
        out ResolvedAccess resolved, out ResolvedAccess? sink)
    {
        ArgumentNullException.ThrowIfNull(start);
        sink = null;
        AccessKinds refusedKinds = AccessKinds.None;
        var chain = new Chain(start, address, 1, subscriber);
        while (chain.Section.Iommu is { } region)
        {
            ulong offset = chain.Section.OffsetOf(chain.At);
            int index = region.IndexOf(attributes);
            IommuTranslation? permitted = null;
            IommuTranslation? refused = null;
            if (chain.Enter(region, index))
            {
                for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
                {
                    Merge(region.Translate(offset, kind, index), offset, kind, ref permitted, ref refused);
                }

                subscriber?.AfterTranslate(region, index, AccessKind.Load, offset, permitted ?? refused ?? default);
            }

            refusedKinds |= refused?.Permissions ?? AccessKinds.None;
            if (permitted is not null && refused is { } blocked && sink is null)
            {
                Chain branch = chain;
                branch.Follow(region, offset, blocked, AccessKinds.None, whole: false);
                sink = branch.End();
            }

            if (!chain.Follow(region, offset, permitted ?? refused ?? default, AccessKinds.None, whole: false))
            {
                resolved = chain.Refused();
                return AccessResult.DecodeError;
            }
        }

        sink = sink is { } first ? first with { Kinds = refusedKinds } : null;
        resolved = chain.End();
        return chain.Section.IsUnassigned ? AccessResult.DecodeError : AccessResult.Ok;
    }

    private static void Merge(
        IommuTranslation answer, ulong offset, AccessKind kind, ref IommuTranslation? permitted, ref IommuTranslation? refused)
    {
        if (answer.Target is null || !answer.Permissions.Includes(kind))
        {
            return;
        }

        ref IommuTranslation? place = ref permitted;
        if (answer.Target.Find(answer.Apply(offset)).IsBlockedSink)
        {
            place = ref refused;
        }

        if (place is not { } first)
        {
            place = answer;
        }
        else if (ReferenceEquals(first.Target, answer.Target) && first.Apply(offset) == answer.Apply(offset))
        {
            place = first with { Permissions = first.Permissions | answer.Permissions, Mask = first.Mask & answer.Mask, Address = first.Apply(offset) };
        }
    }

    /// <summary>The state of one walk along a chain.</summary>
    private struct Chain
    {
        private readonly ITranslationSubscriber? _subscriber;
        private ulong _mask;
        private ulong _owners;
        private int _depth;
        private IommuRegion? _last;

        public Chain(Section start, ulong address, ulong length, ITranslationSubscriber? subscriber)
        {
            _subscriber = subscriber;
            Section = start;
            At = address;
            Kinds = AccessKinds.All;
            _mask = WithinSection(start, address, ulong.MaxValue);
            Length = Clip(start, address, length);
        }

        public Section Section { get; private set; }

        public ulong At { get; private set; }

        public ulong Length { get; private set; }

        public AccessKinds Kinds { get; private set; }

        /// <summary>Registers for the region, before its configuration is read; false beyond the depth limit.</summary>
        public readonly bool Enter(IommuRegion region, int index)
        {
            if (_depth == MaximumDepth)
            {
                _subscriber?.ChainTooDeep(region);
                return false;
            }

            _subscriber?.BeforeTranslate(region, index);
            return true;
        }

        /// <summary>Goes on where an answer points; false when it does not serve the kinds needed (none: when it serves none at all).</summary>
        public bool Follow(IommuRegion region, ulong offset, in IommuTranslation answer, AccessKinds needed, bool whole)
        {
            Kinds &= answer.Permissions;
            _owners |= 1UL << (region.Owner & 63);
            _last = region;
            _depth++;

            // Low bits of the address and of the offset agree up to here, so one mask speaks for both.
            _mask = Aligned(Section, _mask) & (answer.Target is null ? ulong.MaxValue : answer.Mask);
            ulong left = answer.Mask - (offset & answer.Mask);
            if (answer.Target is not null && !whole && left < Length - 1)
            {
                Length = left + 1;
            }

            if (answer.Target is null || Kinds == AccessKinds.None || (Kinds & needed) != needed)
            {
                return false;
            }

            At = answer.Apply(offset);
            Section = answer.Target.Find(At);
            _mask = WithinSection(Section, At, _mask);
            Length = Clip(Section, At, Length);
            return true;
        }

        public readonly ResolvedAccess End() => new(Section, Section.OffsetOf(At), Length, _mask, Kinds, _depth, _owners, _last);

        public readonly ResolvedAccess Refused() => new(Section.Space.Unassigned, At, Length, _mask, Kinds, _depth, _owners, _last);

        /// <summary>Shrinks an aligned block around an address until it fits into a section.</summary>
        private static ulong WithinSection(Section section, ulong at, ulong mask)
        {
            // The largest block that does not hold a neighbour is half of the smallest that does.
            if (section.Start != 0)
            {
                mask &= HalfOfBlock(at ^ (section.Start - 1));
            }

            if (section.Last != ulong.MaxValue)
            {
                mask &= HalfOfBlock(at ^ (section.Last + 1));
            }

            return mask;
        }

        private static ulong HalfOfBlock(ulong differing) => (1UL << BitOperations.Log2(differing)) - 1;

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
}
