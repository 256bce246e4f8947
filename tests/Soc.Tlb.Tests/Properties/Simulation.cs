using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests.Properties;

/// <summary>Runs a scenario under a variant, every access held against the oracle.</summary>
public sealed class Simulation : IDisposable
{
    private const ulong RomBase = 0x2000_0000;
    private const ulong SplitBase = 0x3000_0000;
    private const ulong FlashBase = 0x5000_0000;

    private static readonly ulong[] PhysicalPages =
    [
        0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x1000, Machine.DeviceBase, Machine.DeviceBase + 0x1000, RomBase, FlashBase, 0x4000_0000, SplitBase,
    ];

    private static readonly AccessKinds[] KindSets =
    [
        AccessKinds.None, AccessKinds.Reads, AccessKinds.Store, AccessKinds.All, AccessKinds.All, AccessKinds.Load, AccessKinds.Reads, AccessKinds.Load | AccessKinds.Store,
    ];

    private readonly Scenario _scenario;
    private readonly Variant _variant;
    private readonly Machine _machine;
    private readonly Oracle _oracle;
    private readonly GuestMemory _rom = new(0x1000);
    private readonly GuestMemory _flash = new(0x1000);
    private readonly GuestMemory _overlay = new(0x1000);
    private readonly RamRegion _overlayRegion;
    private readonly RecordingDevice _flashDevice = new();
    private readonly List<(int Context, ulong Page)> _touched = [];
    private uint _random;
    private int _context;

    public Simulation(Scenario scenario, Variant variant)
    {
        _scenario = scenario;
        _variant = variant;
        _random = scenario.Seed | 1;
        _machine = new Machine(variant.NoCheckers ? 0 : scenario.Depth, scenario.Granule, variant.Configuration with { Contexts = 2 });
        _machine.Ram.Dirty = new DirtyMap(_machine.Memory.Size, DirtyClients.Code | DirtyClients.Migration);
        _overlayRegion = new RamRegion("overlay", _overlay) { Enabled = false };
        AddressSpace behindSplit = _machine.Tree.CreateSpace("behind the splitter", _machine.Ram);
        _machine.Leaves.Add(0x3000, _overlayRegion, priority: 1);
        _machine.Leaves.Add(RomBase, new RamRegion("rom", _rom) { ReadOnly = true });
        _machine.Leaves.Add(FlashBase, new RomDeviceRegion("flash", _flash, _flashDevice));
        _machine.Leaves.Add(SplitBase, new AliasRegion("split window", new Translator("split", 40, (offset, kind, _) => kind == AccessKind.Store
            ? new(behindSplit, 0x7000 + offset, 0xfff, AccessKinds.Store)
            : new(behindSplit, 0x6000 + offset, 0xfff, AccessKinds.Reads)), 0, 0x1000));
        _machine.Tree.Commit();
        _machine.Tlb.PollViewChange();
        _oracle = new Oracle(_machine);
        _oracle.Devices.Insert(1, _flashDevice);
        Span<byte> bytes = stackalloc byte[0x8000];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Next();
        }

        _machine.Memory.Write(0, bytes);
        _rom.Write(0, bytes[..0x1000]);
        _flash.Write(0, bytes[0x1000..0x2000]);
        foreach (Filter checker in _machine.Checkers)
        {
            checker.WholeAccess = scenario.WholeAccess;
            checker.Atomics = scenario.LoadThenStore ? AtomicPolicy.LoadThenStore : AtomicPolicy.Refuse;
            checker.Sink.Result = scenario.NoisySinks ? AccessResult.Error : AccessResult.Ok;
        }

        for (int context = 0; context < 2; context++)
        {
            _machine.Walker.Worlds[context] = (byte)(context + 1);
            for (ulong page = 0; page < 12; page++)
            {
                Map(context, page, Next());
            }
        }

        for (int i = 0; i < 30; i++)
        {
            Configure(Next(), invalidate: false);
        }
    }

    public TlbStatistics Statistics => _machine.Counters;

    /// <summary>Everything that a program could see: outcomes, values, device calls, memory and dirty bits.</summary>
    public ulong Digest { get; private set; } = 14695981039346656037;

    public Simulation Run()
    {
        for (int i = 0; i < _scenario.Words.Length; i++)
        {
            uint word = _scenario.Words[i];
            Disturb(word);
            string trouble = Step(word);
            if (trouble.Length == 0 && _variant.CheckEntries)
            {
                trouble = CheckEntries();
            }

            if (trouble.Length != 0)
            {
                Assert.Fail($"operation {i} (0x{word:x}) under {_variant.Configuration.Strategy}: {trouble}");
            }
        }

        byte[] memory = new byte[0x8000];
        _machine.Memory.Read(0, memory);
        Add(memory);
        _overlay.Read(0, memory.AsSpan(0, 0x1000));
        Add(memory);
        for (ulong page = 0; page < 8; page++)
        {
            Add((ulong)_machine.Ram.Dirty!.DirtyFor(page << 12));
        }

        return this;
    }

    public void Dispose()
    {
        _machine.Dispose();
        _rom.Dispose();
        _flash.Dispose();
        _overlay.Dispose();
    }

    private void Disturb(uint word)
    {
        uint hash = word * 2654435761u;
        ulong address = Address(hash, 1);
        if (_variant.Spurious)
        {
            switch ((hash >> 8) % 6)
            {
                case 0:
                    _machine.Tlb.Flush();
                    break;
                case 1:
                    _machine.Tlb.FlushPage(address);
                    break;
                case 2:
                    _machine.Tlb.Rearm((int)(hash % 4), InvalidationScope.Everything);
                    break;
                case 3:
                    _machine.Tlb.ResetDirty(_machine.Ram, 0, _machine.Memory.Size);
                    break;
                default:
                    break;
            }
        }

        if (_variant.Probes)
        {
            _machine.Tlb.Probe(address, (AccessKind)((hash >> 4) % 3), out _);
        }
    }

    private string Step(uint word)
    {
        switch (word % 32)
        {
            case < 9:
                return Access(word, AccessKind.Load);
            case < 17:
                return Access(word, AccessKind.Store);
            case < 20:
                return Access(word, AccessKind.Fetch);
            case 20:
                return _variant.Plain ? Access(word, AccessKind.Load) : Atomic(word);
            case 21:
                return _variant.Plain ? Access(word, AccessKind.Store) : Reserve(word);
            case < 25:
                Configure(word >> 5, invalidate: true);
                return "";
            case 25:
                int context = (int)(word >> 5) & 1;
                ulong page = (word >> 6) % 12;
                Map(context, page, word >> 10);
                Flush(() => _machine.Tlb.FlushPage(page << 12, 1UL << context));
                return "";
            case 26:
                _context = (int)(word >> 5) & 1;
                _machine.Tlb.UseContexts(_context, _context);
                return "";
            case 27:
                _machine.Walker.Worlds[_context] = (byte)((word >> 5) & 3);
                Flush(() => _machine.Tlb.FlushContexts(1UL << _context));
                return "";
            case 28:
                _overlayRegion.Enabled = !_overlayRegion.Enabled;
                _machine.Tree.Commit();
                _machine.Tlb.PollViewChange();
                return "";
            case 29:
                ulong dirty = ((word >> 5) % 8) << 12;
                _machine.Ram.Dirty!.Clean(dirty, 0x1000, (word & 0x1000) == 0 ? DirtyClients.Code : DirtyClients.All);
                _machine.Tlb.ResetDirty(_machine.Ram, dirty, 0x1000);
                return "";
            case 30:
                Flush(() => _machine.Tlb.FlushRange(Address(word >> 5, 1), word >> 20));
                return "";
            default:
                if (!_variant.Plain)
                {
                    _machine.Tlb.Probe(Address(word >> 5, 1), (AccessKind)((word >> 14) % 3), out _);
                }

                return "";
        }
    }

    private void Flush(Action exact)
    {
        if (_variant.CoarseFlushes)
        {
            _machine.Tlb.Flush();
        }
        else
        {
            exact();
        }
    }

    private string Access(uint word, AccessKind kind)
    {
        int size = 1 << (int)((word >> 5) & 3);
        ulong address = Address(word >> 7, size);
        bool agrees = _oracle.Agrees(_machine.Tlb, _context, kind, address, size, (word * 0x9E3779B97F4A7C15) ^ _variant.DataMask, paged: !_variant.Plain);
        Remember(address);
        Remember(address + (ulong)size - 1);
        Add(_oracle);
        return agrees ? "" : $"{kind} of {size} at 0x{address:x} in context {_context}: {_oracle.Difference}";
    }

    private string Atomic(uint word)
    {
        int size = 4 << (int)((word >> 5) & 1);
        ulong address = Address(word >> 7, size) & ~7UL;
        bool agrees = _oracle.AgreesAtomic(_machine.Tlb, _context, address, size, (AtomicOperation)((word >> 20) % 9), word);
        Remember(address);
        Add(_oracle);
        return agrees ? "" : $"atomic of {size} at 0x{address:x} in context {_context}: {_oracle.Difference}";
    }

    private string Reserve(uint word)
    {
        // A pair without anything between succeeds where loads and stores reach the same memory.
        int size = 4 << (int)((word >> 5) & 1);
        ulong address = Address(word >> 7, size) & ~7UL;
        TlbOutcome load = _machine.Tlb.LoadReserved(address, size, out ulong value);
        TlbOutcome store = _machine.Tlb.StoreConditional(address, size, value + 1, out bool stored);
        Add((ulong)load);
        Add((ulong)store);
        Add(load == TlbOutcome.Ok ? value : 0);
        Add(stored ? 1UL : 0);
        return "";
    }

    private void Configure(uint word, bool invalidate)
    {
        if (_machine.Checkers.Count == 0 || _variant.AllowAll)
        {
            return;
        }

        Filter checker = _machine.Checkers[(int)(word % (uint)_machine.Checkers.Count)];
        int index = (int)(word >> 2) & 3;
        ulong address = PhysicalPages[(word >> 4) % (uint)PhysicalPages.Length] + (_scenario.Granule < 4096 ? (word >> 8) % (4096 / (uint)_scenario.Granule) * _scenario.Granule : 0);
        AccessKinds allowed = KindSets[(word >> 20) % (uint)KindSets.Length];
        if (_variant.Plain && allowed is AccessKinds.Load or (AccessKinds.Load | AccessKinds.Store))
        {
            allowed = AccessKinds.Reads;
        }

        checker.Allow(index, address, allowed);
        if (invalidate)
        {
            ulong first = address & ~(_scenario.Granule - 1);
            _machine.Invalidate(checker, new InvalidationScope(first, first + _scenario.Granule - 1, 1UL << index, AccessKinds.All));
        }
    }

    private void Map(int context, ulong page, uint word)
    {
        AccessKinds granted = (word & 7) == 0 ? (AccessKinds)((word >> 3) & 7) : AccessKinds.All;
        uint targets = (uint)PhysicalPages.Length - (_variant.Plain ? 1u : 0);
        _machine.Walker.Map(context, page << 12, new TestPage(PhysicalPages[(word >> 6) % targets], granted)
        {
            Log2Size = _scenario.LargePages ? 21 : 12,
            Mixed = !_variant.Plain && (word >> 12) % 16 == 0,
        });
    }

    private static ulong Address(uint word, int size)
    {
        ulong page = word % 11;
        uint offset = word >> 4;
        return (offset & 3) switch
        {
            // The end of the page, crossing it or not.
            0 => (page << 12) + 0xff0 + ((offset >> 2) & 15),
            1 => (page << 12) + ((offset >> 2) & 0xfff & ~(uint)(size - 1)),
            2 => (page << 12) + ((offset >> 2) & 0xf00) + 252 + ((offset >> 10) & 7),
            _ => (page << 12) + ((offset >> 2) & 0x3f),
        };
    }

    private void Remember(ulong address)
    {
        if (!_touched.Contains((_context, address & ~0xfffUL)))
        {
            _touched.Add((_context, address & ~0xfffUL));
        }
    }

    /// <summary>P3..P8 and P18 over all entries of all contexts.</summary>
    private string CheckEntries()
    {
        TlbStrategy strategy = _variant.Configuration.Strategy;
        for (int context = 0; context < 2; context++)
        {
            HashSet<ulong> pages = [];
            foreach (TlbEntryView entry in _machine.Tlb.Describe(context))
            {
                if (!pages.Add(entry.VirtualPage))
                {
                    return $"P3: two entries of page 0x{entry.VirtualPage:x}";
                }

                bool anyDirect = false;
                for (AccessKind kind = AccessKind.Load; kind <= AccessKind.Fetch; kind++)
                {
                    TlbKindView view = entry[kind];
                    anyDirect |= view.State == KindState.Direct;
                    string trouble = CheckKind(context, entry, kind, view, strategy);
                    if (trouble.Length != 0)
                    {
                        return $"{trouble} (page 0x{entry.VirtualPage:x}, {kind}, context {context})";
                    }
                }

                if (anyDirect != entry.HasAddend)
                {
                    return $"P5: page 0x{entry.VirtualPage:x} has direct kinds: {anyDirect}, an addend: {entry.HasAddend}";
                }
            }
        }

        return "";
    }

    private unsafe string CheckKind(int context, in TlbEntryView entry, AccessKind kind, in TlbKindView view, TlbStrategy strategy)
    {
        bool granted = _machine.Walker.Look(entry.VirtualPage, kind, context, out PageWalk walk) == 0;
        bool deferred = strategy is TlbStrategy.Deferred or TlbStrategy.DeferredSingleSlot or TlbStrategy.AllMmio;
        if (deferred && granted == (view.State == KindState.Disabled))
        {
            return $"P7: granted {granted}, state {view.State}";
        }

        if (view.NotDirty && (kind != AccessKind.Store || view.State != KindState.Direct))
        {
            return "P8: not-dirty flag on something else than a store to memory";
        }

        if (view.State is KindState.Sink or KindState.Armed or KindState.Uncached or KindState.Callback && !(view.Hits && view.ForceSlow))
        {
            return $"P6: {view.State} without the slow flag";
        }

        if (view.State is not (KindState.Direct or KindState.Sink) || view.Section is null)
        {
            return "";
        }

        AccessResult fresh = TranslationChain.Resolve(
            _machine.Space, walk.PhysicalAddress, 1, kind, walk.Attributes, null, out ResolvedAccess at);
        if (!granted || (fresh != AccessResult.Ok && !at.Section.IsUnassigned) || at.Section != view.Section || at.Offset != view.Offset)
        {
            return $"P4/P18: the entry says {view.Section.Leaf.Name}+0x{view.Offset:x}, a fresh translation {at.Section.Leaf.Name}+0x{at.Offset:x}";
        }

        return view.State == KindState.Direct && (nint)((RamRegion)at.Section.Leaf).Memory.PointerTo(at.Offset) != entry.HostPage
            ? "P4: the addend leads elsewhere"
            : "";
    }

    private uint Next()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return _random;
    }

    private void Add(Oracle oracle)
    {
        Add((ulong)oracle.Outcome);
        Add(oracle.Outcome == TlbOutcome.Ok ? oracle.Value : 0);
        Add((ulong)oracle.Calls.Count);
        foreach ((RecordingDevice device, RecordedAccess access) in oracle.Calls)
        {
            Add((ulong)oracle.Devices.IndexOf(device));
            Add(access.Offset);
            Add(access.Value);
            Add(access.PhysicalAddress);
            Add(((ulong)access.Size << 8) | (ulong)access.Kind);
        }
    }

    private void Add(ulong value) => Digest = (Digest ^ value) * 1099511628211;

    private void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte each in bytes)
        {
            Add(each);
        }
    }
}
