using Soc.Memory;

namespace Soc.Tlb;

/// <content>Fill, and what strategies do to an entry.</content>
public sealed unsafe partial class SoftTlb
{
    /// <summary>Resolves the chain of an entry for the actual access address and kind (rule L2).</summary>
    internal AccessResult ResolveChain(TlbContext context, int slot, ulong virtualAddress, AccessKind kind, out ResolvedAccess answer)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        Statistics.LazyTranslations++;
        NumberTranslation();
        _chainPosition = 0;
        ulong inPage = virtualAddress & (PageSize - 1);
        AccessResult result = TranslationChain.Resolve(
            full.Untranslated, full.PhysicalPage + inPage, PageSize - inPage, kind, full.Attributes, this, out answer);
        TraceLazyTranslation(kind, full.PhysicalPage + inPage, result, answer);
        return result;
    }

    /// <summary>
    /// Puts an answer into the slots of all kinds that it is valid for and that the page table grants (rules L4..L7, A1..A3, N).
    /// </summary>
    internal void Apply(TlbContext context, int slot, ulong virtualAddress, in ResolvedAccess answer)
    {
        ref TlbFullEntry full = ref context.Full[slot];
        AccessKinds kinds = answer.Kinds & full.Granted;
        bool wholePage = (answer.Mask & (PageSize - 1)) == PageSize - 1;
        ulong pageOffset = answer.Offset - (virtualAddress & (PageSize - 1));
        for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
        {
            if (kinds.Includes(kind))
            {
                Apply(ref full, ref context.Fast[slot], kind, wholePage, pageOffset, answer);
            }
        }
    }

    private void Apply(ref TlbFullEntry full, ref TlbEntry fast, AccessKind kind, bool wholePage, ulong pageOffset, in ResolvedAccess answer)
    {
        ref TlbSlot slot = ref full[kind];
        slot = new TlbSlot { State = KindState.Uncached, Owners = answer.Owners, Last = answer.Last };
        Word(ref fast, kind) = full.VirtualPage | ForceSlow;
        if (!wholePage)
        {
            return;
        }

        RamRegion? memory = answer.Section.DirectMemory(kind);
        if (memory is not null && !(kind == AccessKind.Store && answer.Section.ReadOnly))
        {
            if (pageOffset % PageSize == 0 && InstallAddend(ref full, ref fast, memory.Memory.PointerTo(pageOffset)))
            {
                slot.State = KindState.Direct;
                slot.Section = answer.Section;
                slot.Offset = pageOffset;
                Word(ref fast, kind) = full.VirtualPage;
            }

            return;
        }

        slot.State = KindState.Sink;
        slot.Section = answer.Section;
        slot.Offset = pageOffset;
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
        TraceWalk(kind, code, walk);
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
        int slot = context.MakeRoom(virtualPage);
        if (walk.Log2Size > PageShift)
        {
            context.AddLargePage(virtualAddress, walk.Log2Size);
        }

        ulong physicalPage = walk.PhysicalAddress & PageMask;
        ref TlbFullEntry full = ref context.Full[slot];
        full.Valid = true;
        full.Granted = walk.Granted;
        full.VirtualPage = virtualPage;
        full.PhysicalPage = physicalPage;
        full.Attributes = walk.Attributes;
        full.Untranslated = _space.Find(walk.PhysicalAddress);
        context.MarkUsed(slot);
        for (AccessKind each = AccessKind.Load; each <= AccessKind.Fetch; each++)
        {
            if (walk.Granted.Includes(each))
            {
                full[each].State = KindState.Armed;
                Word(ref context.Fast[slot], each) = virtualPage | ForceSlow;
            }
        }

        if (full.Untranslated.Leaf is IommuRegion)
        {
            _strategy.OnFill(this, context, slot, virtualAddress, kind);
        }
        else
        {
            // No IOMMU region: the leaf is the answer for every kind, and nothing is lazy (case ST22).
            TranslationChain.Resolve(full.Untranslated, walk.PhysicalAddress, 1, kind, walk.Attributes, null, out ResolvedAccess leaf);
            Apply(context, slot, virtualAddress, leaf);
        }

        return slot;
    }
}
