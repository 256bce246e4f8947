using System.Numerics;
using System.Runtime.CompilerServices;
using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// The private software TLB of one initiator (softtlb.md sections 3 and 4). Single-threaded: only its owner calls it, and
/// there is no way to change it from outside; what others want of it reaches the owner as a message.
/// </summary>
/// <remarks>
/// The fast path is one compare, one add and a host access. Flags sit in the low bits of the compare word, so that
/// whatever is not plain host memory fails the compare and takes the slow path: a walk, the deferred translation of IOMMU
/// regions, device calls.
/// </remarks>
public sealed unsafe partial class SoftTlb : ITranslationSubscriber, IFlatViewListener, IDisposable
{
    /// <summary>Log2 of the target page, bytes.</summary>
    public const int PageShift = 12;

    /// <summary>Bytes of the target page.</summary>
    public const ulong PageSize = 1UL << PageShift;

    private const ulong PageMask = ~(PageSize - 1);

    /// <summary>Flag in a compare word: take the slow path although the page matches.</summary>
    private const ulong ForceSlow = PageSize >> 3;

    /// <summary>Flag in the store word: the page is clean for some client of its dirty map.</summary>
    private const ulong NotDirty = PageSize >> 2;

    /// <summary>Flag in a compare word: plain memory, but a monitor wants to see every access.</summary>
    private const ulong Monitored = PageSize >> 4;

    private const ulong Flags = ForceSlow | NotDirty | Monitored;

    private const int EntryShift = 5;

    // What the fast path reads, first and together.
    private TlbEntry* _dataEntries;
    private ulong _dataMask;
    private TlbEntry* _fetchEntries;
    private ulong _fetchMask;

    private readonly IInitiator _initiator;
    private readonly AddressSpace _space;
    private readonly IPageWalker _walker;
    private readonly TlbConfiguration _configuration;
    private readonly TranslationStrategy _strategy;
    private readonly TlbContext?[] _contexts;
    private readonly TlbContext _emptyContext;
    private readonly Dictionary<IommuRegion, ulong> _registered = [];
    private readonly HashSet<AddressSpace> _watched = [];
    private readonly IommuRegion[] _chainRegions = new IommuRegion[TranslationChain.MaximumDepth];
    private readonly object[] _chainSnapshots = new object[TranslationChain.MaximumDepth];
    private readonly Counter _counter;
    private AddressSpace? _lastTarget;
    private FlatView? _lastView;
    private Section? _lastSection;
    private int _chainLength;
    private ulong _chainMask;
    private SnapshotChain? _lastChain;
    private Watchpoint[] _watchpoints = [];
    private IWatchpointObserver? _watchpointObserver;
    private int _dataContext;
    private int _fetchContext;
    private ulong _cycles;
    private int _viewChanged;
    private bool _disposed;

    /// <summary>Creates an empty TLB; tables are allocated when a context is first filled.</summary>
    /// <param name="initiator">Who owns it.</param>
    /// <param name="space">The initiator's view of the SoC.</param>
    /// <param name="walker">Translates virtual addresses.</param>
    /// <param name="configuration">Shape and costs.</param>
    public SoftTlb(IInitiator initiator, AddressSpace space, IPageWalker walker, TlbConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(initiator);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(walker);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(configuration.Contexts - 1), 63u);

        // With a single entry the fast path could not tell a page-crossing access from a hit of the next page.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(configuration.Log2Entries - 1), 15u);
        if (configuration.Resizing is { } resizing)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(resizing.MinimumLog2Entries - 1), 15u);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(resizing.MaximumLog2Entries - resizing.MinimumLog2Entries), 15u);
            ArgumentOutOfRangeException.ThrowIfLessThan(resizing.WindowFlushes, 1);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)configuration.VictimEntries, 64u);
        _initiator = initiator;
        _space = space;
        _walker = walker;
        _configuration = configuration;
        _strategy = TranslationStrategy.Create(configuration.Strategy);
        _contexts = new TlbContext?[configuration.Contexts];
        _emptyContext = new TlbContext(0, 0);
        _counter = new Counter(this);
        UseContexts(0, 0);
        Watch(space);
    }

    /// <summary>Counters.</summary>
    public TlbStatistics Statistics { get; } = new();

    /// <summary>Why the last access failed; valid after <see cref="TlbOutcome.WalkFault"/> and <see cref="TlbOutcome.BusError"/>.</summary>
    public TlbFault Fault { get; private set; }

    /// <summary>Where the last access stopped; valid after <see cref="TlbOutcome.Pending"/>.</summary>
    public PendingAccess Pending { get; private set; }

    /// <summary>Chooses the contexts of the fast path. Call after every change of privilege or of what else selects a context.</summary>
    public void UseContexts(int fetchContext, int dataContext)
    {
        _fetchContext = fetchContext;
        _dataContext = dataContext;
        _fetchEntries = FastTable(fetchContext, out _fetchMask);
        _dataEntries = FastTable(dataContext, out _dataMask);
    }

    /// <summary>Reads plain memory of a translated page in the data context.</summary>
    /// <returns>False: take the slow path, <see cref="Read(ulong, int, out ulong)"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(ulong virtualAddress, out T value)
        where T : unmanaged
    {
        TlbEntry* entry = (TlbEntry*)((byte*)_dataEntries + ((virtualAddress >> (PageShift - EntryShift)) & _dataMask));
        if (((virtualAddress + (ulong)(sizeof(T) - 1)) & PageMask) == entry->Load)
        {
            value = Unsafe.ReadUnaligned<T>((void*)((nint)virtualAddress + entry->Addend));
            return true;
        }

        Unsafe.SkipInit(out value);
        return false;
    }

    /// <summary>Writes plain memory of a translated page in the data context.</summary>
    /// <returns>False: take the slow path, <see cref="Write"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(ulong virtualAddress, T value)
        where T : unmanaged
    {
        TlbEntry* entry = (TlbEntry*)((byte*)_dataEntries + ((virtualAddress >> (PageShift - EntryShift)) & _dataMask));
        if (((virtualAddress + (ulong)(sizeof(T) - 1)) & PageMask) == entry->Store)
        {
            Unsafe.WriteUnaligned((void*)((nint)virtualAddress + entry->Addend), value);
            return true;
        }

        return false;
    }

    /// <summary>Cycles charged since the last call for walks, translations and device accesses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TakeCycles()
    {
        ulong cycles = _cycles;
        _cycles = 0;
        return cycles;
    }

    /// <summary>Empties everything.</summary>
    public void Flush() => FlushContexts(ulong.MaxValue);

    /// <summary>Empties contexts; unused ones only count as elided (case TL11).</summary>
    /// <param name="contexts">Bit per context.</param>
    public void FlushContexts(ulong contexts)
    {
        ClearReservation();
        TraceFlush(contexts == ulong.MaxValue ? (byte)0 : (byte)1, 0, ulong.MaxValue, contexts);
        for (int number = 0; number < _contexts.Length; number++)
        {
            if (((contexts >> number) & 1) == 0)
            {
                continue;
            }

            if (_contexts[number] is { InUse: true } context)
            {
                Empty(number, context);
            }
            else
            {
                Statistics.ElidedFlushes++;
            }
        }
    }

    /// <summary>Empties one page; a page inside the large-page region empties its context (section 3.7).</summary>
    /// <param name="virtualAddress">Any address in the page.</param>
    /// <param name="contexts">Bit per context.</param>
    public void FlushPage(ulong virtualAddress, ulong contexts = ulong.MaxValue)
    {
        ClearReservation();
        TraceFlush(2, virtualAddress & PageMask, virtualAddress | ~PageMask, contexts);
        Statistics.PageFlushes++;
        for (int number = 0; number < _contexts.Length; number++)
        {
            if (((contexts >> number) & 1) == 0 || _contexts[number] is not { } context)
            {
                continue;
            }

            if (context.InLargePage(virtualAddress))
            {
                Empty(number, context);
            }
            else
            {
                context.ClearPage(virtualAddress & PageMask);
            }
        }
    }

    /// <summary>Empties a range of pages; one longer than the tables reach empties the contexts (case TL12).</summary>
    /// <param name="virtualAddress">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="contexts">Bit per context.</param>
    public void FlushRange(ulong virtualAddress, ulong length, ulong contexts = ulong.MaxValue)
    {
        if (length == 0)
        {
            return;
        }

        ulong first = virtualAddress & PageMask;
        ulong last = virtualAddress + (length - 1);
        ulong pages = last < virtualAddress ? ulong.MaxValue : ((last - first) >> PageShift) + 1;
        if (pages > 1UL << (_configuration.Resizing?.MaximumLog2Entries ?? _configuration.Log2Entries))
        {
            FlushContexts(contexts);
            return;
        }

        for (ulong page = 0; page < pages; page++)
        {
            FlushPage(first + (page << PageShift), contexts);
        }
    }

    /// <summary>
    /// Takes a configuration change of a checker in, as coarsely as <see cref="TlbConfiguration.Invalidation"/> says. Call between two
    /// instructions or bus beats (rule M4).
    /// </summary>
    /// <param name="owner">Agent number of the checker.</param>
    /// <param name="scope">What changed.</param>
    /// <returns>Kinds put back, or entries emptied; 0 when nothing was held.</returns>
    public int Invalidate(int owner, in InvalidationScope scope)
    {
        switch (_configuration.Invalidation)
        {
            case InvalidationGranularity.Rearm:
                return Rearm(owner, scope);
            case InvalidationGranularity.FlushPage:
                return FlushScope(owner, scope);
            default:
                int used = Array.FindAll(_contexts, context => context is { InUse: true }).Length;
                Flush();
                return used;
        }
    }

    /// <summary>
    /// Drops everything if an address space showed a new view since the last call. Whoever commits a view only leaves a note; the
    /// owner calls this at each poll, between two instructions or bus beats (softtlb.md section 5.1; case IV12).
    /// </summary>
    /// <returns>Whether everything was dropped; decoded code must go too.</returns>
    public bool PollViewChange()
    {
        if (Volatile.Read(ref _viewChanged) == 0)
        {
            return false;
        }

        Interlocked.Exchange(ref _viewChanged, 0);
        Flush();
        return true;
    }

    /// <summary>
    /// Notices again the next store to each page of a range of memory: a client of its dirty map marked it clean. The map's bits must
    /// have been changed before (softtlb.md section 3.8, dirty-bit reset).
    /// </summary>
    /// <param name="memory">The region whose map changed.</param>
    /// <param name="offset">Offset in the region, bytes.</param>
    /// <param name="length">Bytes, at least 1.</param>
    public void ResetDirty(RamRegion memory, ulong offset, ulong length)
    {
        ArgumentNullException.ThrowIfNull(memory);
        foreach (TlbContext? context in _contexts)
        {
            for (int slot = context?.NextUsed(0) ?? -1; slot >= 0; slot = context!.NextUsed(slot + 1))
            {
                // An armed store word is skipped: its flags are computed when it is translated (rule L4, case ST17).
                ref TlbSlot store = ref context!.Full[slot][AccessKind.Store];
                if (store.State == KindState.Direct && ReferenceEquals(store.Memory, memory) &&
                    store.Offset < offset + length && offset < store.Offset + PageSize && memory.Dirty is { } map && map.IsClean(store.Offset))
                {
                    context.Fast[slot].Store |= NotDirty;
                }
            }
        }
    }

    /// <summary>Reports accesses of ranges from now on; replaces the watchpoints before.</summary>
    /// <param name="watchpoints">What to watch; empty for nothing.</param>
    /// <param name="observer">Who hears of it.</param>
    public void SetWatchpoints(IReadOnlyList<Watchpoint> watchpoints, IWatchpointObserver? observer)
    {
        ArgumentNullException.ThrowIfNull(watchpoints);
        _watchpoints = [.. watchpoints];
        _watchpointObserver = observer;
        Flush();
    }

    /// <summary>
    /// Puts the kinds of affected entries back to "not translated yet" (rule M3): page walks stay, so the next access costs
    /// a translation but no walk.
    /// </summary>
    /// <param name="owner">Agent number of the checker.</param>
    /// <param name="scope">What changed.</param>
    /// <returns>Kinds put back.</returns>
    public int Rearm(int owner, in InvalidationScope scope)
    {
        Statistics.Rearms++;
        ulong bit = 1UL << (owner & 63);
        int rearmed = 0;
        foreach (TlbContext? context in _contexts)
        {
            for (int slot = context?.NextUsed(0) ?? -1; slot >= 0; slot = context!.NextUsed(slot + 1))
            {
                Statistics.RearmScanned++;
                ref TlbFullEntry full = ref context!.Full[slot];
                if (InScope(full, owner, scope))
                {
                    rearmed += Rearm(ref full, ref context.Fast[slot], bit, scope.Kinds);
                }
            }
        }

        if (rearmed > 0)
        {
            ClearReservation();
            Statistics.RearmedKinds += (ulong)rearmed;
        }

        return rearmed;
    }

    /// <inheritdoc/>
    void ITranslationSubscriber.BeforeTranslate(IommuRegion region, int index)
    {
        // Never one-shot, and before the configuration is read (rule L3). Registered bits are remembered here.
        _registered.TryGetValue(region, out ulong indexes);
        if ((indexes & (1UL << index)) == 0)
        {
            region.Registry.Register(_initiator.InitiatorId, index);
            _registered[region] = indexes | (1UL << index);
        }

        if (_configuration.Strict || region.IsStrict)
        {
            // Sampled before the configuration is read: a commit in between makes the answer look old, never new.
            _chainRegions[_chainLength] = region;
            _chainSnapshots[_chainLength++] = region.Snapshot;
        }
    }

    /// <inheritdoc/>
    void ITranslationSubscriber.AfterTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer)
    {
        CountTranslate();
        TraceTranslate(region, index, kind, offset, answer);
        if (answer.Target is { } target && !ReferenceEquals(target, _lastTarget))
        {
            // Before the target's view is read.
            Watch(target);
            _lastTarget = target;
        }
    }

    /// <inheritdoc/>
    void ITranslationSubscriber.ChainTooDeep(IommuRegion region) => Statistics.ChainsTooDeep++;

    /// <inheritdoc/>
    void IFlatViewListener.OnFlatViewChanged(AddressSpace space) => Volatile.Write(ref _viewChanged, 1);

    /// <summary>Frees the tables.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (AddressSpace space in _watched)
        {
            space.RemoveListener(this);
        }

        foreach (TlbContext? context in _contexts)
        {
            context?.Dispose();
        }

        _emptyContext.Dispose();
    }

    private static bool InScope(in TlbFullEntry full, int owner, in InvalidationScope scope)
    {
        if (full.PhysicalPage > scope.Last || full.PhysicalPage + (PageSize - 1) < scope.First)
        {
            return false;
        }

        // The index of a region further down the chain is not kept: such entries are always in scope.
        return full.Untranslated.Iommu is not { } region || region.Owner != owner ||
            ((scope.Indexes >> region.IndexOf(full.Attributes)) & 1) != 0;
    }

    /// <summary>Empties the entries that hold an answer of a checker in scope.</summary>
    private int FlushScope(int owner, in InvalidationScope scope)
    {
        ulong bit = 1UL << (owner & 63);
        int emptied = 0;
        foreach (TlbContext? context in _contexts)
        {
            for (int slot = context?.NextUsed(0) ?? -1; slot >= 0; slot = context!.NextUsed(slot + 1))
            {
                ref TlbFullEntry full = ref context!.Full[slot];
                if (InScope(full, owner, scope) && full.HoldsAnswerOf(bit, scope.Kinds))
                {
                    context.Clear(slot);
                    emptied++;
                }
            }
        }

        if (emptied > 0)
        {
            ClearReservation();
            Statistics.PageFlushes += (ulong)emptied;
        }

        return emptied;
    }

    private static int Rearm(ref TlbFullEntry full, ref TlbEntry fast, ulong ownerBit, AccessKinds kinds)
    {
        int rearmed = 0;
        for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
        {
            ref TlbSlot slot = ref full[kind];
            if (kinds.Includes(kind) && slot.State > KindState.Armed && (slot.Owners & ownerBit) != 0)
            {
                slot = new TlbSlot { State = KindState.Armed };
                Word(ref fast, kind) = full.VirtualPage | ForceSlow;
                rearmed++;
            }
        }

        ReleaseAddend(ref full, ref fast);
        return rearmed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Word(ref TlbEntry entry, AccessKind kind)
    {
        switch (kind)
        {
            case AccessKind.Load:
                return ref entry.Load;
            case AccessKind.Store:
                return ref entry.Store;
            default:
                return ref entry.Fetch;
        }
    }

    /// <summary>Empties a context and decides on its size (softtlb.md section 3.6).</summary>
    private void Empty(int number, TlbContext context)
    {
        Statistics.Flushes++;
        if (_configuration.Resizing is not { } resizing)
        {
            context.ClearAll();
            return;
        }

        (int flushes, int greatest) = context.Window;
        greatest = Math.Max(greatest, context.MainUse);
        flushes++;
        int size = context.Entries;
        if (greatest * 10 > size * 7)
        {
            size = Math.Min(size * 2, 1 << resizing.MaximumLog2Entries);
        }
        else if (flushes >= resizing.WindowFlushes && greatest * 10 < size * 3)
        {
            int ceiling = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(greatest, 1));
            ceiling = greatest * 10 > ceiling * 7 ? ceiling * 2 : ceiling;
            size = Math.Max(ceiling, 1 << resizing.MinimumLog2Entries);
        }

        if (size == context.Entries)
        {
            context.ClearAll();
            context.Window = flushes >= resizing.WindowFlushes ? default : (flushes, greatest);
            return;
        }

        Replace(number, context, new TlbContext(BitOperations.Log2((uint)size), _configuration.VictimEntries));
    }

    /// <summary>The table that takes the next page of a context in which too many pages had to go for others: doubled where it can be.</summary>
    private TlbContext Grown(int number, TlbContext context)
    {
        if (_configuration.Resizing is not { UnderPressure: true } resizing || context.Entries >> resizing.MaximumLog2Entries != 0)
        {
            return context;
        }

        TlbContext larger = context.Doubled();
        Replace(number, context, larger);
        return larger;
    }

    private void Replace(int number, TlbContext old, TlbContext tables)
    {
        Statistics.Resizes++;
        old.Dispose();
        _contexts[number] = tables;
        UseContexts(_fetchContext, _dataContext);
    }

    private void CountTranslate()
    {
        Statistics.Translates++;
        _cycles += _configuration.TranslateCost;
    }

    private void Watch(AddressSpace space)
    {
        if (_watched.Add(space))
        {
            space.AddListener(this);
        }
    }

    private TlbEntry* FastTable(int context, out ulong mask)
    {
        TlbContext tables = _contexts[context] ?? _emptyContext;
        mask = (ulong)(tables.Entries - 1) << EntryShift;
        return tables.Fast;
    }

    private TlbContext Tables(int context)
    {
        if (_contexts[context] is { } tables)
        {
            return tables;
        }

        tables = new TlbContext(_configuration.Log2Entries, _configuration.VictimEntries);
        _contexts[context] = tables;
        UseContexts(_fetchContext, _dataContext);
        return tables;
    }

    /// <summary>Counts translations whose answer is not kept, so that needs no registration (strategy D, rule N).</summary>
    private sealed class Counter(SoftTlb tlb) : ITranslationSubscriber
    {
        public void BeforeTranslate(IommuRegion region, int index)
        {
            // Nothing is kept.
        }

        public void AfterTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer)
        {
            tlb.CountTranslate();
            tlb.TraceTranslate(region, index, kind, offset, answer);
        }

        public void ChainTooDeep(IommuRegion region) => tlb.Statistics.ChainsTooDeep++;
    }
}
