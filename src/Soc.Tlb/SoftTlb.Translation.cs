using Soc.Memory;

namespace Soc.Tlb;

/// <content>Fill, and what strategies do to an entry.</content>
public sealed unsafe partial class SoftTlb
{
    /// <summary>Resolves the chain of an entry for the actual access address and kind (rule L2).</summary>
    internal AccessResult ResolveChain(TlbContext context, int slot, ulong virtualAddress, AccessKind kind, out ResolvedAccess answer)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        BeginChain();
        ulong physicalAddress = full.PhysicalPage | (virtualAddress & (PageSize - 1));
        AccessResult result = TranslationChain.Resolve(
            SectionOf(full.Untranslated, physicalAddress), physicalAddress, 1, kind, full.Attributes, this, out answer);
        _chainMask = answer.Mask & (PageSize - 1);
        TraceLazyTranslation(kind, physicalAddress, result, answer);
        return result;
    }

    /// <summary>The same without a kind, for the eager strategies.</summary>
    internal AccessResult ResolveChainForAnyKind(
        TlbContext context, int slot, ulong virtualAddress, out ResolvedAccess answer, out ResolvedAccess? sink)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        BeginChain();
        ulong physicalAddress = full.PhysicalPage | (virtualAddress & (PageSize - 1));
        AccessResult result = TranslationChain.ResolveForAnyKind(
            SectionOf(full.Untranslated, physicalAddress), physicalAddress, full.Attributes, this, out answer, out sink);
        _chainMask = answer.Mask & (PageSize - 1);
        TraceLazyTranslation(AccessKind.Load, physicalAddress, result, answer);
        return result;
    }

    private void BeginChain()
    {
        Statistics.LazyTranslations++;
        NumberTranslation();
        _chainPosition = 0;
        _chainLength = 0;
    }

    /// <summary>Puts every kind into the state "a hit is impossible" until an answer enables it.</summary>
    internal static void DisableAll(TlbContext context, int slot)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
        {
            full[kind] = default;
            Word(ref context.Fast[slot], kind) = ulong.MaxValue;
        }
    }

    /// <summary>Lets this one access of a disabled kind reach a target that was not translated for it (strategy A).</summary>
    internal static void FallThrough(TlbContext context, int slot, ulong virtualAddress, AccessKind kind, in ResolvedAccess answer)
    {
        ref TlbSlot to = ref context.Full[slot][kind];
        to.Section = answer.Section;
        to.Offset = answer.Offset - (virtualAddress & (PageSize - 1));
        to.Owners = answer.Owners;
        to.Last = answer.Last;
    }

    /// <summary>
    /// Puts an answer into the slots of all kinds that it is valid for and that the page table grants (rules L4..L7, A1..A3, N).
    /// </summary>
    internal void Apply(TlbContext context, int slot, ulong virtualAddress, in ResolvedAccess answer)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        ref TlbEntry fast = ref context.Fast[slot];
        AccessKinds kinds = answer.Kinds & full.Granted;
        SnapshotChain? snapshots = _chainLength == 0 ? null : CurrentChain();
        for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
        {
            if (kinds.Includes(kind))
            {
                full[kind].Begin(answer.Owners, answer.Last, snapshots);
                Word(ref fast, kind) = full.VirtualPage | ForceSlow;
            }
        }

        ReleaseAddend(ref full, ref fast);
        if ((answer.Mask & (PageSize - 1)) != PageSize - 1)
        {
            return;
        }

        ulong pageOffset = answer.Offset - (virtualAddress & (PageSize - 1));
        byte* host = null;
        for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
        {
            if (kinds.Includes(kind))
            {
                Apply(ref full, ref fast, kind, pageOffset, answer.Section, ref host);
            }
        }
    }

    /// <summary>Puts the answer into the slot of one kind.</summary>
    /// <param name="full">The entry.</param>
    /// <param name="fast">What the fast path reads of it.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="pageOffset">Offset of the page in the section's leaf.</param>
    /// <param name="section">The end of the chain.</param>
    /// <param name="host">Host address of the page in the section's memory; null when no kind has asked for it yet.</param>
    private void Apply(ref TlbFullEntry full, ref TlbEntry fast, AccessKind kind, ulong pageOffset, Section section, ref byte* host)
    {
        ref TlbSlot slot = ref full[kind];
        RamRegion? memory = section.DirectMemory(kind);
        if (memory is null || (kind == AccessKind.Store && section.ReadOnly))
        {
            slot.State = KindState.Sink;
            slot.Section = section;
            slot.Offset = pageOffset;
            return;
        }

        if (pageOffset % PageSize != 0)
        {
            return;
        }

        host = host is null ? memory.Memory.PointerTo(pageOffset) : host;
        if (!InstallAddend(ref full, ref fast, host))
        {
            return;
        }

        slot.State = KindState.Direct;
        slot.Section = section;
        slot.Memory = memory;
        slot.Offset = pageOffset;
        ulong flags = _monitored | (slot.Snapshots is not null || IsWatched(full.VirtualPage, kind) ? ForceSlow : 0);
        if (kind == AccessKind.Store && memory.Dirty is { } dirty && dirty.IsClean(pageOffset))
        {
            flags |= NotDirty;
        }

        Word(ref fast, kind) = full.VirtualPage | flags;
    }

    private static void ReleaseAddend(ref TlbFullEntry full, ref TlbEntry fast)
    {
        if (!full.AnyDirect)
        {
            full.HasAddend = false;
            fast.Addend = 0;
        }
    }

    private Section SectionOf(Section start, ulong physicalAddress) =>
        physicalAddress >= start.Start && physicalAddress <= start.Last ? start : Find(physicalAddress);

    /// <summary>The section that holds an address of the initiator's bus now; most often it is the one before.</summary>
    private Section Find(ulong physicalAddress)
    {
        FlatView view = _space.View;
        if (ReferenceEquals(view, _lastView) && physicalAddress >= _lastSection!.Start && physicalAddress <= _lastSection.Last)
        {
            return _lastSection;
        }

        _lastView = view;
        _lastSection = view.Find(physicalAddress);
        return _lastSection;
    }

    private bool IsWatched(ulong virtualPage, AccessKind kind)
    {
        foreach (Watchpoint watchpoint in _watchpoints)
        {
            if (watchpoint.Touches(virtualPage, PageSize, kind))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The snapshots that <see cref="ITranslationSubscriber.BeforeTranslate"/> collected; the same object while they stay the same.</summary>
    private SnapshotChain CurrentChain()
    {
        ReadOnlySpan<IommuRegion> regions = _chainRegions.AsSpan(0, _chainLength);
        ReadOnlySpan<object> snapshots = _chainSnapshots.AsSpan(0, _chainLength);
        if (_lastChain is null || !_lastChain.Is(regions, snapshots))
        {
            _lastChain = new SnapshotChain(regions, snapshots);
        }

        return _lastChain;
    }

    private bool InstallAddend(ref TlbFullEntry full, ref TlbEntry fast, byte* hostPage)
    {
        nint addend = (nint)hostPage - (nint)full.VirtualPage;
        if (!full.HasAddend)
        {
            full.HasAddend = true;
            fast.Addend = addend;
            return true;
        }

        if (fast.Addend == addend)
        {
            return true;
        }

        Statistics.SecondAddends++;
        return _configuration.SecondAddend == SecondAddendPolicy.Degrade
            ? false
            : throw new SecondAddendException(
                $"{_initiator.Name}: page 0x{full.VirtualPage:x} needs a second host addend; use second-addend policy 'degrade'");
    }

    /// <summary>Walks and installs a page.</summary>
    /// <returns>The slot; -1 after a walk fault; -2 when the answer must not be cached, and is then in <see cref="_transient"/>.</returns>
    private int Fill(int contextNumber, ulong virtualAddress, int size, AccessKind kind, out TlbContext context)
    {
        Statistics.Misses++;
        if (kind != AccessKind.Fetch)
        {
            Statistics.DataMisses++;
        }

        Statistics.Walks++;
        NumberTranslation();
        int code = _walker.Walk(virtualAddress, size, kind, contextNumber, out PageWalk walk);
        Statistics.WalkReads += (ulong)walk.Reads;
        _cycles += (ulong)walk.Reads * _configuration.WalkReadCost;
        if (Events is not null)
        {
            TraceWalk(kind, code, walk);
        }

        context = Tables(contextNumber);
        if (code != 0)
        {
            Fault = new TlbFault(code, virtualAddress, 0, kind, AccessResult.Ok);
            return -1;
        }

        if (!walk.Homogeneous)
        {
            _transient = walk;
            return -2;
        }

        ulong virtualPage = virtualAddress & PageMask;
        if (context.Evictions >= context.Entries)
        {
            context = Grown(contextNumber, context);
        }

        int slot = context.MakeRoom(virtualPage);
        if (walk.Log2Size > PageShift)
        {
            context.AddLargePage(virtualAddress, walk.Log2Size);
        }

        ulong physicalPage = walk.PhysicalAddress & PageMask;
        Section section = Find(walk.PhysicalAddress);
        ref TlbFullEntry full = ref context.Full[slot];
        bool same = full.VirtualPage == virtualPage && full.PhysicalPage == physicalPage && full.Granted == walk.Granted && ReferenceEquals(full.Untranslated, section);
        full.Valid = true;
        full.Granted = walk.Granted;
        full.VirtualPage = virtualPage;
        full.PhysicalPage = physicalPage;
        full.Attributes = walk.Attributes;
        TlbSlot.Put(ref full.Untranslated!, section);
        context.MarkUsed(slot);
        if (section.PlainMemory is { } memory && FillDirect(ref full, ref context.Fast[slot], section, memory, same && full.IsPlainPage))
        {
            return slot;
        }

        full.Disable();
        for (AccessKind each = AccessKind.Load; each <= AccessKind.Fetch; each++)
        {
            if (walk.Granted.Includes(each))
            {
                full[each].State = KindState.Armed;
                Word(ref context.Fast[slot], each) = virtualPage | ForceSlow;
            }
        }

        if (section.Iommu is null)
        {
            // No IOMMU region: the leaf is the answer for every kind, and nothing is lazy (case ST22).
            _chainLength = 0;
            TranslationChain.Resolve(section, walk.PhysicalAddress, 1, kind, walk.Attributes, null, out ResolvedAccess leaf);
            Apply(context, slot, virtualAddress, leaf);
        }

        return slot;
    }

    /// <summary>The commonest page by far, without the way through <see cref="Apply(TlbContext, int, ulong, in ResolvedAccess)"/>: memory that is nothing else.</summary>
    /// <param name="full">The entry, without results unless it is unchanged.</param>
    /// <param name="fast">What the fast path reads of it.</param>
    /// <param name="section">The section that holds the page.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="unchanged">Whether the slot held the same page before it was emptied.</param>
    /// <returns>False when the page is not whole or not aligned in its memory, or is watched.</returns>
    private bool FillDirect(ref TlbFullEntry full, ref TlbEntry fast, Section section, RamRegion memory, bool unchanged)
    {
        ulong offset = section.OffsetOf(full.PhysicalPage);
        if (full.PhysicalPage < section.Start || (full.PhysicalPage | ~PageMask) > section.Last || (offset & ~PageMask) != 0 || _watchpoints.Length != 0)
        {
            return false;
        }

        if (!unchanged)
        {
            full.SetDirect(section, memory, offset);
            fast.Addend = (nint)memory.Memory.PointerTo(offset) - (nint)full.VirtualPage;
        }

        ulong word = full.VirtualPage | _monitored;
        AccessKinds granted = full.Granted;
        fast.Load = granted.Includes(AccessKind.Load) ? word : ulong.MaxValue;
        fast.Store = !granted.Includes(AccessKind.Store) ? ulong.MaxValue
            : memory.Dirty is { } dirty && dirty.IsClean(offset) ? word | NotDirty
            : word;
        fast.Fetch = granted.Includes(AccessKind.Fetch) ? word : ulong.MaxValue;
        return true;
    }
}
