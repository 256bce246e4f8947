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
public sealed unsafe partial class SoftTlb : ITranslationSubscriber, IDisposable
{
    /// <summary>Log2 of the target page, bytes.</summary>
    public const int PageShift = 12;

    /// <summary>Bytes of the target page.</summary>
    public const ulong PageSize = 1UL << PageShift;

    private const ulong PageMask = ~(PageSize - 1);

    /// <summary>Flag in a compare word: take the slow path although the page matches.</summary>
    private const ulong ForceSlow = PageSize >> 3;

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
    private int _dataContext;
    private int _fetchContext;
    private ulong _cycles;

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
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)configuration.Log2Entries, 16u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)configuration.VictimEntries, 64u);
        _initiator = initiator;
        _space = space;
        _walker = walker;
        _configuration = configuration;
        _strategy = TranslationStrategy.Create(configuration.Strategy);
        _contexts = new TlbContext?[configuration.Contexts];
        _emptyContext = new TlbContext(0, 0);
        UseContexts(0, 0);
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
        for (int number = 0; number < _contexts.Length; number++)
        {
            if (((contexts >> number) & 1) == 0)
            {
                continue;
            }

            if (_contexts[number] is { InUse: true } context)
            {
                context.ClearAll();
                Statistics.Flushes++;
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
        Statistics.PageFlushes++;
        for (int number = 0; number < _contexts.Length; number++)
        {
            if (((contexts >> number) & 1) == 0 || _contexts[number] is not { } context)
            {
                continue;
            }

            if (context.InLargePage(virtualAddress))
            {
                context.ClearAll();
                Statistics.Flushes++;
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
        ulong pages = ((virtualAddress + (length - 1) - first) >> PageShift) + 1;
        if (pages > 1UL << _configuration.Log2Entries)
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
            if (context is null)
            {
                continue;
            }

            for (int slot = context.NextUsed(0); slot >= 0; slot = context.NextUsed(slot + 1))
            {
                Statistics.RearmScanned++;
                ref TlbFullEntry full = ref context.Full[slot];
                if (full.PhysicalPage > scope.Last || full.PhysicalPage + (PageSize - 1) < scope.First || !IndexInScope(full, owner, scope.Indexes))
                {
                    continue;
                }

                rearmed += Rearm(ref full, ref context.Fast[slot], bit, scope.Kinds);
            }
        }

        if (rearmed > 0)
        {
            ClearReservation();
            Statistics.RearmedKinds += (ulong)rearmed;
        }

        return rearmed;
    }

    /// <summary>State of one kind of one page, for tests and diagnostics; null when no entry holds the page.</summary>
    public KindState? StateOf(int context, ulong virtualAddress, AccessKind kind)
    {
        if (_contexts[context] is not { } tables)
        {
            return null;
        }

        for (int slot = tables.NextUsed(0); slot >= 0; slot = tables.NextUsed(slot + 1))
        {
            if (tables.Full[slot].VirtualPage == (virtualAddress & PageMask))
            {
                return tables.Full[slot][kind].State;
            }
        }

        return null;
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
    }

    /// <inheritdoc/>
    void ITranslationSubscriber.AfterTranslate(IommuRegion region, int index, AccessKind kind, ulong offset, in IommuTranslation answer)
    {
        Statistics.Translates++;
        _cycles += _configuration.TranslateCost;
        TraceTranslate(region, index, kind, offset, answer);
    }

    /// <summary>Frees the tables.</summary>
    public void Dispose()
    {
        foreach (TlbContext? context in _contexts)
        {
            context?.Dispose();
        }

        _emptyContext.Dispose();
    }

    private static bool IndexInScope(in TlbFullEntry full, int owner, ulong indexes) =>
        full.Untranslated.Leaf is not IommuRegion region || region.Owner != owner ||
        ((indexes >> region.IndexOf(full.Attributes)) & 1) != 0;

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

        if (!full.AnyDirect)
        {
            full.HasAddend = false;
            fast.Addend = 0;
        }

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
}
