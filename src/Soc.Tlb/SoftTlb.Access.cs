using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Soc.Memory;

namespace Soc.Tlb;

/// <content>The slow path (softtlb.md section 3.4): everything is resolved before any byte is touched.</content>
public sealed unsafe partial class SoftTlb
{
    // An access has at most 8 bytes, so at most 8 parts even with byte granules.
    private readonly AccessPart[] _parts = new AccessPart[8];
    private int _partCount;
    private PageWalk _transient;

    // A page whose fetches are disabled, just resolved by FetchPage for the Fetch that follows.
    private ulong _disabledFetch = ulong.MaxValue;

    /// <summary>Reads up to 8 bytes in the data context; any alignment.</summary>
    public TlbOutcome Read(ulong virtualAddress, int size, out ulong value) =>
        Read(_dataContext, virtualAddress, size, AccessKind.Load, out value);

    /// <summary>Reads up to 8 bytes of code in the fetch context, uncached by any decoder.</summary>
    public TlbOutcome Fetch(ulong virtualAddress, int size, out ulong value) =>
        Read(_fetchContext, virtualAddress, size, AccessKind.Fetch, out value);

    /// <summary>Writes up to 8 bytes in the data context; any alignment. Nothing is written when any part fails.</summary>
    public TlbOutcome Write(ulong virtualAddress, int size, ulong value)
    {
        if (IsSimple(virtualAddress, size))
        {
            byte* host = LocatePlain(_dataContext, virtualAddress, size, AccessKind.Store, out int slot, out TlbContext context);
            if (host is not null && (context.Fast[slot].Store & NotDirty) == 0)
            {
                Store(host, size, value);
                return TlbOutcome.Ok;
            }

            if (host is null && slot >= 0 && DeviceOf(ref context.Full[slot], virtualAddress, size, AccessKind.Store, out BusAccess access) is { } device)
            {
                return Answered(device.Write(access, TruncateTo(value, size)), virtualAddress, access);
            }

            return WriteParts(ResolveLocated(slot, context, virtualAddress, size, AccessKind.Store), virtualAddress, size, value);
        }

        return WriteParts(Resolve(_dataContext, virtualAddress, size, AccessKind.Store), virtualAddress, size, value);
    }

    /// <summary>Writes what was resolved to <see cref="_parts"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TlbOutcome WriteParts(TlbOutcome outcome, ulong virtualAddress, int size, ulong value)
    {
        if (outcome != TlbOutcome.Ok)
        {
            return outcome;
        }

        if (_watchpoints.Length != 0)
        {
            ReportWatched(virtualAddress, size, AccessKind.Store);
        }

        // Callbacks first: a bus error of any part must leave memory as it was (worldguard.md section 4, case M18).
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < _partCount; i++)
            {
                ref AccessPart part = ref _parts[i];
                if ((part.Host is null) != (pass == 0))
                {
                    continue;
                }

                ulong bytes = value >> (8 * (int)(part.VirtualAddress - virtualAddress));
                if (part.Host is not null)
                {
                    BeforeStore(part);
                    Store(part.Host, part.Size, bytes);
                    continue;
                }

                outcome = CallStore(ref part, bytes);
                if (outcome != TlbOutcome.Ok)
                {
                    return outcome;
                }
            }
        }

        return TlbOutcome.Ok;
    }

    /// <summary>The host address of a code page, for decoders that keep decoded pages.</summary>
    /// <param name="virtualAddress">Any address in the page.</param>
    /// <param name="hostPage">Host address of the page's first byte; 0 when the page is not plain memory as a whole, then use <see cref="Fetch"/>.</param>
    public TlbOutcome FetchPage(ulong virtualAddress, out nint hostPage)
    {
        TlbEntry* entry = (TlbEntry*)((byte*)_fetchEntries + ((virtualAddress >> (PageShift - EntryShift)) & _fetchMask));
        ulong page = virtualAddress & PageMask;
        if (entry->Fetch == page)
        {
            hostPage = (nint)page + entry->Addend;
            return TlbOutcome.Ok;
        }

        hostPage = 0;
        BeginTranslation(_fetchContext, virtualAddress);
        int parcel = (int)Math.Min(2, PageSize - (virtualAddress & (PageSize - 1)));
        int slot = Locate(_fetchContext, virtualAddress, parcel, AccessKind.Fetch, out TlbContext context);
        if (slot == -1)
        {
            _monitor?.OnWalkFault(virtualAddress, AccessKind.Fetch, _fetchContext);
            return TlbOutcome.WalkFault;
        }

        if (slot == -2)
        {
            return TlbOutcome.Ok;
        }

        if (context.Full[slot][AccessKind.Fetch].NeedsTranslation &&
            _strategy.Translate(this, context, slot, virtualAddress, AccessKind.Fetch) != AccessResult.Ok)
        {
            // The fetch of the instruction says what is wrong, with its exact address and size.
            return TlbOutcome.Ok;
        }

        // The Fetch that follows is the same access: it must not miss a second time.
        _disabledFetch = context.Full[slot][AccessKind.Fetch].State == KindState.Disabled ? page : ulong.MaxValue;

        // A page that is watched, or whose snapshots must be compared at every use, is executed instruction by instruction.
        if (context.Fast[slot].Fetch == (page | _monitored))
        {
            // Otherwise the Fetch that follows is the access that left the fast path.
            Statistics.Slow++;
            hostPage = (nint)page + context.Fast[slot].Addend;
            if (_monitor is not null)
            {
                ShowFetch(context, slot, virtualAddress);
            }
        }

        return TlbOutcome.Ok;
    }

    /// <summary>
    /// Translates for a kind without an access: no fault is raised and no sink hears of it (cases ST12, ST13). Never changes the
    /// results of accesses, only which of them walk and translate.
    /// </summary>
    /// <param name="virtualAddress">Any address.</param>
    /// <param name="kind">Load and store use the data context, fetch the fetch context.</param>
    /// <param name="host">Host address of the byte; 0 when it is not plain memory for this kind.</param>
    /// <returns>Whether the page table grants the kind.</returns>
    public bool Probe(ulong virtualAddress, AccessKind kind, out nint host)
    {
        host = 0;
        TlbFault fault = Fault;
        _partCount = 0;
        TlbOutcome outcome = ResolveInPage(kind == AccessKind.Fetch ? _fetchContext : _dataContext, virtualAddress, 1, kind);
        if (outcome == TlbOutcome.Ok)
        {
            host = (nint)_parts[0].Host;
        }

        Fault = fault;
        return outcome != TlbOutcome.WalkFault;
    }

    private static void Store(byte* host, int size, ulong bytes)
    {
        switch (size)
        {
            case 1:
                *host = (byte)bytes;
                break;
            case 2:
                Unsafe.WriteUnaligned(host, (ushort)bytes);
                break;
            case 4:
                Unsafe.WriteUnaligned(host, (uint)bytes);
                break;
            case 8:
                Unsafe.WriteUnaligned(host, bytes);
                break;
            default:
                for (int i = 0; i < size; i++)
                {
                    host[i] = (byte)(bytes >> (8 * i));
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(byte* host, int size)
    {
        switch (size)
        {
            case 1:
                return *host;
            case 2:
                return Unsafe.ReadUnaligned<ushort>(host);
            case 4:
                return Unsafe.ReadUnaligned<uint>(host);
            case 8:
                return Unsafe.ReadUnaligned<ulong>(host);
            default:
                ulong value = 0;
                for (int i = 0; i < size; i++)
                {
                    value |= (ulong)host[i] << (8 * i);
                }

                return value;
        }
    }

    private TlbOutcome Read(int contextNumber, ulong virtualAddress, int size, AccessKind kind, out ulong value)
    {
        if (IsSimple(virtualAddress, size))
        {
            byte* host = LocatePlain(contextNumber, virtualAddress, size, kind, out int slot, out TlbContext context);
            if (host is not null)
            {
                value = Load(host, size);
                return TlbOutcome.Ok;
            }

            if (slot >= 0 && DeviceOf(ref context.Full[slot], virtualAddress, size, kind, out BusAccess access) is { } device)
            {
                AccessResult result = device.Read(access, out value);
                value = result == AccessResult.Ok ? value : 0;
                return Answered(result, virtualAddress, access);
            }

            return ReadParts(ResolveLocated(slot, context, virtualAddress, size, kind), virtualAddress, size, kind, out value);
        }

        return ReadParts(Resolve(contextNumber, virtualAddress, size, kind), virtualAddress, size, kind, out value);
    }

    /// <summary>Reads what was resolved to <see cref="_parts"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TlbOutcome ReadParts(TlbOutcome outcome, ulong virtualAddress, int size, AccessKind kind, out ulong value)
    {
        value = 0;
        if (outcome == TlbOutcome.Ok && _watchpoints.Length != 0)
        {
            ReportWatched(virtualAddress, size, kind);
        }

        for (int i = 0; i < _partCount && outcome == TlbOutcome.Ok; i++)
        {
            ref AccessPart part = ref _parts[i];
            ulong bytes;
            if (part.Host is not null)
            {
                bytes = Load(part.Host, part.Size);
            }
            else
            {
                outcome = CallLoad(ref part, kind, out bytes);
            }

            value |= bytes << (8 * (int)(part.VirtualAddress - virtualAddress));
        }

        return outcome;
    }

    /// <summary>Whether an access is one page's affair that nobody watches.</summary>
    private bool IsSimple(ulong virtualAddress, int size) =>
        _monitor is null && _watchpoints.Length == 0 && (virtualAddress & (PageSize - 1)) <= PageSize - (ulong)size;

    /// <summary>Finds or fills the entry of a simple access.</summary>
    /// <returns>The host address, when it is plain memory that nothing needs to be asked about; else null, and <see cref="ResolveLocated"/> goes on.</returns>
    private byte* LocatePlain(int contextNumber, ulong virtualAddress, int size, AccessKind kind, out int slot, out TlbContext context)
    {
        _partCount = 0;
        BeginTranslation(contextNumber, virtualAddress);
        Statistics.Slow++;
        slot = Locate(contextNumber, virtualAddress, size, kind, out context);
        return slot >= 0 && context.Full[slot][kind].IsPlain ? (byte*)((nint)virtualAddress + context.Fast[slot].Addend) : null;
    }

    /// <summary>The device that answers a simple access with one call, and counts the call: what slow accesses to a filled page most often are.</summary>
    /// <returns>Null: something else than a device, or more than one call; <see cref="ResolveLocated"/> goes on.</returns>
    private IBusDevice? DeviceOf(ref TlbFullEntry full, ulong virtualAddress, int size, AccessKind kind, out BusAccess access)
    {
        access = default;
        ref TlbSlot answer = ref full[kind];
        ulong inPage = virtualAddress & (PageSize - 1);
        ulong physicalAddress = full.PhysicalPage | inPage;
        Section? section;
        ulong offset;
        switch (answer.State)
        {
            case KindState.Sink when !answer.NeedsTranslation:
                section = answer.Section!;
                offset = answer.Offset + inPage;
                break;
            case KindState.Uncached when IsWholeIn(full.Untranslated, physicalAddress, size) && full.Untranslated.DirectMemory(kind) is null:
                section = full.Untranslated;
                offset = section.OffsetOf(physicalAddress);
                break;
            default:
                return null;
        }

        if (section.Device is not { } device || (kind == AccessKind.Store && section.ReadOnly) || full.Attributes.IsMemoryOnly ||
            !BitOperations.IsPow2(size) || (offset & (ulong)(size - 1)) != 0)
        {
            return null;
        }

        Statistics.Uncached += answer.State == KindState.Uncached ? 1UL : 0;
        Statistics.Refused += section.IsBlockedSink ? 1UL : 0;
        CountDevice();
        access = new BusAccess(offset, size, kind, full.Attributes, physicalAddress, _initiator);
        return device;
    }

    private static bool IsWholeIn(Section section, ulong physicalAddress, int size) =>
        physicalAddress >= section.Start && physicalAddress + (ulong)(size - 1) <= section.Last;

    private TlbOutcome Answered(AccessResult result, ulong virtualAddress, in BusAccess access) =>
        result == AccessResult.Ok ? TlbOutcome.Ok : Fail(virtualAddress, access.PhysicalAddress, access.Kind, result);

    /// <summary>Fills <see cref="_parts"/> with the whole access, and shows it to the monitor if there is one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TlbOutcome Resolve(int contextNumber, ulong virtualAddress, int size, AccessKind kind)
    {
        TlbOutcome outcome = ResolveAll(contextNumber, virtualAddress, size, kind);
        if (_monitor is not null)
        {
            Show(contextNumber, kind, outcome);
        }

        return outcome;
    }

    private TlbOutcome ResolveAll(int contextNumber, ulong virtualAddress, int size, AccessKind kind)
    {
        _partCount = 0;
        int first = (int)Math.Min((ulong)size, PageSize - (virtualAddress & (PageSize - 1)));
        TlbOutcome outcome = ResolveInPage(contextNumber, virtualAddress, first, kind);
        if (first == size || outcome == TlbOutcome.WalkFault)
        {
            return outcome;
        }

        // Page faults of either page come before bus errors of either page, which belong to the execution of the access.
        TlbFault fault = Fault;
        TlbOutcome second = ResolveInPage(contextNumber, virtualAddress + (ulong)first, size - first, kind);
        if (outcome == TlbOutcome.Ok || second == TlbOutcome.WalkFault)
        {
            return second;
        }

        Fault = fault;
        return outcome;
    }

    private TlbOutcome ResolveInPage(int contextNumber, ulong virtualAddress, int size, AccessKind kind)
    {
        BeginTranslation(contextNumber, virtualAddress);
        Statistics.Slow++;
        int slot = Locate(contextNumber, virtualAddress, size, kind, out TlbContext context);
        return ResolveLocated(slot, context, virtualAddress, size, kind);
    }

    /// <summary>Adds what an entry says of an access inside its page to <see cref="_parts"/>.</summary>
    /// <param name="slot">As <see cref="Locate"/> returned it.</param>
    /// <param name="context">The tables.</param>
    /// <param name="virtualAddress">First byte.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="kind">The kind.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TlbOutcome ResolveLocated(int slot, TlbContext context, ulong virtualAddress, int size, AccessKind kind)
    {
        if (slot == -1)
        {
            return TlbOutcome.WalkFault;
        }

        if (slot == -2)
        {
            return ResolveUncached(Find(_transient.PhysicalAddress), virtualAddress, _transient.PhysicalAddress, _transient.Attributes, size, kind);
        }

        ref TlbFullEntry full = ref context.Full[slot];
        ulong inPage = virtualAddress & (PageSize - 1);
        ulong physicalAddress = full.PhysicalPage | inPage;
        ref TlbSlot answer = ref full[kind];
        if (answer.NeedsTranslation)
        {
            AccessResult result = _strategy.Translate(this, context, slot, virtualAddress, kind);
            if (result != AccessResult.Ok)
            {
                // The failure is that of the granule of the first byte; a checker may have another verdict for the access as a whole.
                return (virtualAddress & _chainMask) + (ulong)(size - 1) > _chainMask
                    ? ResolveUncached(full.Untranslated, virtualAddress, physicalAddress, full.Attributes, size, kind)
                    : Fail(virtualAddress, physicalAddress, kind, result);
            }
        }

        switch (answer.State)
        {
            case KindState.Direct:
                AddPart(virtualAddress, physicalAddress, full.Attributes, size, answer.Section!, answer.Offset + inPage, answer.Last,
                    (byte*)((nint)virtualAddress + context.Fast[slot].Addend));
                return TlbOutcome.Ok;
            case KindState.Sink when answer.Section!.IsUnassigned:
                return Fail(virtualAddress, physicalAddress, kind, AccessResult.DecodeError);
            case KindState.Sink:
                AddPart(virtualAddress, physicalAddress, full.Attributes, size, answer.Section!, answer.Offset + inPage, answer.Last, null);
                return TlbOutcome.Ok;
            case KindState.Uncached:
                return ResolveUncached(full.Untranslated, virtualAddress, physicalAddress, full.Attributes, size, kind);
            case KindState.Callback:
                return ResolveByCallback(full.Untranslated, virtualAddress, physicalAddress, full.Attributes, size, kind);
            case KindState.Disabled when answer.Section is { IsUnassigned: false } section:
                AddPart(virtualAddress, physicalAddress, full.Attributes, size, section, answer.Offset + inPage, answer.Last,
                    HostOf(section, answer.Offset + inPage, kind));
                return TlbOutcome.Ok;
            default:
                // A fill that does not enable the kind is a decode error; never fall through (section 3.4, second trap; rule V1).
                return Fail(virtualAddress, physicalAddress, kind, AccessResult.DecodeError);
        }
    }

    /// <summary>Strategy D: one call of the checker, which forwards.</summary>
    private TlbOutcome ResolveByCallback(
        Section start, ulong virtualAddress, ulong physicalAddress, TransactionAttributes attributes, int size, AccessKind kind)
    {
        int first = _partCount;
        CountDevice();
        TlbOutcome outcome = ResolveUncached(start, virtualAddress, physicalAddress, attributes, size, kind);
        for (int i = first; i < _partCount; i++)
        {
            _parts[i].Counted = true;
        }

        return outcome;
    }

    /// <summary>Translates every granule of the access anew (rules N and A2), as seen now. The section at the start may be the one that holds the address.</summary>
    private TlbOutcome ResolveUncached(
        Section start, ulong virtualAddress, ulong physicalAddress, TransactionAttributes attributes, int size, AccessKind kind)
    {
        Statistics.Uncached++;
        if (start.Device is not null && start.DirectMemory(kind) is null && IsWholeIn(start, physicalAddress, size))
        {
            // A device smaller than a page, with nothing in front of it: there is nothing to translate.
            AddPart(virtualAddress, physicalAddress, attributes, size, start, start.OffsetOf(physicalAddress), null, null);
            return TlbOutcome.Ok;
        }

        NumberTranslation();
        while (size > 0)
        {
            _chainPosition = 0;
            AccessResult result = TranslationChain.ResolvePiece(
                _space, physicalAddress, (ulong)size, kind, attributes, _counter, out ResolvedAccess answer);
            if (result != AccessResult.Ok)
            {
                return Fail(virtualAddress, physicalAddress, kind, result);
            }

            int part = (int)answer.Length;
            byte* host = HostOf(answer.Section, answer.Offset, kind);
            if (host is not null)
            {
                // A window that is not page-aligned in its memory can reach across two host allocations.
                part = (int)Math.Min((ulong)part, GuestMemory.ChunkSize - (answer.Offset % GuestMemory.ChunkSize));
            }

            AddPart(virtualAddress, physicalAddress, attributes, part, answer.Section, answer.Offset, answer.Last, host);
            virtualAddress += (ulong)part;
            physicalAddress += (ulong)part;
            size -= part;
        }

        return TlbOutcome.Ok;
    }

    private static byte* HostOf(Section section, ulong offset, AccessKind kind) =>
        section.DirectMemory(kind) is { } memory && !(kind == AccessKind.Store && section.ReadOnly) ? memory.Memory.PointerTo(offset) : null;

    private void AddPart(
        ulong virtualAddress, ulong physicalAddress, TransactionAttributes attributes, int size, Section section, ulong offset, IommuRegion? last, byte* host)
    {
        ref AccessPart part = ref _parts[_partCount++];
        part.Host = host;
        part.Size = size;
        part.VirtualAddress = virtualAddress;
        part.PhysicalAddress = physicalAddress;
        part.Attributes = attributes;
        part.Offset = offset;
        part.Counted = false;
        TlbSlot.Put(ref part.Section!, section);
        TlbSlot.Put(ref part.Last, last);
    }

    private void CountDevice()
    {
        _cycles += _configuration.DeviceCost;
        Statistics.Devices++;
    }

    /// <summary>Tells the dirty map of a store to plain memory before it happens.</summary>
    private void BeforeStore(in AccessPart part)
    {
        if (part.Section.Leaf is RamRegion { Dirty: { } dirty })
        {
            MarkDirty(dirty, part);
        }
    }

    private void MarkDirty(DirtyMap dirty, in AccessPart part)
    {
        if (dirty.IsClean(part.Offset))
        {
            Statistics.NotDirty++;
            dirty.Mark(part.Offset, (ulong)part.Size);
        }
        else if ((EntryOf(part.VirtualAddress)->Store & NotDirty) == 0)
        {
            return;
        }

        // No longer clean for anybody (perhaps since another initiator stored): the store words of this virtual page need not be noticed any more, in any context.
        ulong page = part.VirtualAddress & PageMask;
        foreach (TlbContext? context in _contexts)
        {
            for (int slot = context?.NextUsed(0) ?? -1; slot >= 0; slot = context!.NextUsed(slot + 1))
            {
                ref TlbSlot store = ref context!.Full[slot][AccessKind.Store];
                if (context.Full[slot].VirtualPage == page && store.State == KindState.Direct &&
                    ReferenceEquals(store.Memory, part.Section.Leaf) && store.Offset == (part.Offset & PageMask))
                {
                    context.Fast[slot].Store &= ~NotDirty;
                }
            }
        }
    }

    private TlbEntry* EntryOf(ulong virtualAddress) =>
        (TlbEntry*)((byte*)_dataEntries + ((virtualAddress >> (PageShift - EntryShift)) & _dataMask));

    private void ReportWatched(ulong virtualAddress, int size, AccessKind kind)
    {
        foreach (Watchpoint watchpoint in _watchpoints)
        {
            if (watchpoint.Touches(virtualAddress, (ulong)size, kind))
            {
                Statistics.Watched++;
                _watchpointObserver?.OnWatchpoint(watchpoint, virtualAddress, size, kind);
            }
        }
    }

    /// <summary>Finds or fills the entry of a page.</summary>
    /// <returns>As <see cref="Fill"/>.</returns>
    private int Locate(int contextNumber, ulong virtualAddress, int size, AccessKind kind, out TlbContext context)
    {
        ulong page = virtualAddress & PageMask;
        if (_contexts[contextNumber] is { } tables)
        {
            context = tables;
            int main = tables.SlotOf(page);
            if ((Word(ref tables.Fast[main], kind) & ~Flags) == page)
            {
                return main;
            }

            if (kind == AccessKind.Fetch && _disabledFetch == page && tables.Full[main] is { Valid: true } full && full.VirtualPage == page)
            {
                _disabledFetch = ulong.MaxValue;
                return main;
            }

            // A victim whose word carries a flag is not found (section 3.4 step 2).
            for (int victim = tables.MayBeVictim(page) ? tables.Entries : tables.Slots; victim < tables.Slots; victim++)
            {
                if (Word(ref tables.Fast[victim], kind) == (page | _monitored))
                {
                    Statistics.VictimHits++;
                    tables.Swap(main, victim);
                    return main;
                }
            }
        }

        return Fill(contextNumber, virtualAddress, size, kind, out context);
    }

    private TlbOutcome Fail(ulong virtualAddress, ulong physicalAddress, AccessKind kind, AccessResult result)
    {
        Fault = new TlbFault(0, virtualAddress, physicalAddress, kind, result);
        return TlbOutcome.BusError;
    }

    private TlbOutcome CallLoad(ref AccessPart part, AccessKind kind, out ulong value)
    {
        value = 0;
        TlbOutcome refused = BeforeCall(ref part, kind, 0);
        if (refused != TlbOutcome.Ok)
        {
            return refused;
        }

        // A load only gets here without a host address when a device answers.
        IBusDevice device = part.Section.Device!;
        for (int done = 0; done < part.Size;)
        {
            int size = ResolvedAccess.PieceSize(part.Offset + (ulong)done, part.Size - done);
            AccessResult result = device.Read(Access(part, done, size, kind), out ulong piece);
            if (result != AccessResult.Ok)
            {
                return Fail(part.VirtualAddress + (ulong)done, part.PhysicalAddress + (ulong)done, kind, result);
            }

            value |= piece << (8 * done);
            done += size;
        }

        return TlbOutcome.Ok;
    }

    private TlbOutcome CallStore(ref AccessPart part, ulong bytes)
    {
        if (part.Section.ReadOnly)
        {
            return TlbOutcome.Ok;
        }

        TlbOutcome refused = BeforeCall(ref part, AccessKind.Store, bytes);
        if (refused != TlbOutcome.Ok)
        {
            return refused;
        }

        IBusDevice device = part.Section.Device!;
        for (int done = 0; done < part.Size;)
        {
            int size = ResolvedAccess.PieceSize(part.Offset + (ulong)done, part.Size - done);
            AccessResult result = device.Write(Access(part, done, size, AccessKind.Store), TruncateTo(bytes >> (8 * done), size));
            if (result != AccessResult.Ok)
            {
                return Fail(part.VirtualAddress + (ulong)done, part.PhysicalAddress + (ulong)done, AccessKind.Store, result);
            }

            done += size;
        }

        return TlbOutcome.Ok;
    }

    /// <summary>Counts the call, and answers for what cannot be called in place.</summary>
    private TlbOutcome BeforeCall(ref AccessPart part, AccessKind kind, ulong bytes)
    {
        if (!part.Counted)
        {
            CountDevice();
        }

        if (part.IsRefused)
        {
            Statistics.Refused++;
        }

        if (part.Attributes.IsMemoryOnly && part.Section.Leaf is not RamRegion)
        {
            return Fail(part.VirtualAddress, part.PhysicalAddress, kind, AccessResult.AccessError);
        }

        if (part.Section.Leaf is RemoteRegion remote)
        {
            if (_partCount != 1 || ResolvedAccess.PieceSize(part.Offset, part.Size) != part.Size)
            {
                return Fail(part.VirtualAddress, part.PhysicalAddress, kind, AccessResult.Error);
            }

            Pending = new PendingAccess(remote, Access(part, 0, part.Size, kind), TruncateTo(bytes, part.Size));
            return TlbOutcome.Pending;
        }

        return part.Section.Device is null ? Fail(part.VirtualAddress, part.PhysicalAddress, kind, AccessResult.DecodeError) : TlbOutcome.Ok;
    }

    private static ulong TruncateTo(ulong bytes, int size) => size == 8 ? bytes : bytes & ((1UL << (8 * size)) - 1);

    private BusAccess Access(in AccessPart part, int done, int size, AccessKind kind) =>
        new(part.Offset + (ulong)done, size, kind, part.Attributes, part.PhysicalAddress + (ulong)done, _initiator);
}
