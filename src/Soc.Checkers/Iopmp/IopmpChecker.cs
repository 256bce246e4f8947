using System.Numerics;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.Iopmp;

/// <summary>
/// A RISC-V IOPMP after drafts 0.8.2/0.8.3, all nine models (iopmp.md; its profile, section 15, settles what the drafts
/// leave open).
/// </summary>
/// <remarks>
/// Regions under protection answer from the published snapshot. Stalled transactions reach the owner as pending accesses of
/// <see cref="IopmpPort.Waiting"/>: <see cref="Access"/> answers <see cref="AccessResult.Pending"/> while they must wait, and
/// <see cref="Checker.TakeReleased"/> hands them out again when their RRID leaves the stall set.
/// </remarks>
public sealed partial class IopmpChecker : Checker
{
    private const ulong PriorityProgrammableBit = 1UL << 16;
    private const ulong TranslationProgrammableBit = 1UL << 15;
    private const ulong NonPriorityBit = 1UL << 17;

    private readonly IopmpOptions _options;
    private readonly int _granularityBits;
    private readonly Register?[] _srcmd = new Register?[8];
    private readonly Register?[] _perm = new Register?[2];
    private readonly ulong[] _stalled;
    private readonly ushort[] _faults;
    private readonly List<Waiter> _waiting = [];
    private readonly HashSet<long> _stalling = [];
    private Register _hwcfg0 = null!;
    private Register _hwcfg2 = null!;
    private Register _hwcfg3 = null!;
    private Register? _mdstall;
    private Register? _mdstallHigh;
    private Register? _rridscp;
    private Register? _mdlck;
    private Register? _mdlckHigh;
    private Register? _mdcfglck;
    private Register _entrylck = null!;
    private Register _errCfg = null!;
    private Register _errInfo = null!;
    private Register? _errAddress;
    private Register? _errAddressHigh;
    private Register? _errRequester;
    private Register? _errMultiFault;
    private Register? _msiAddress;
    private Register? _msiAddressHigh;
    private Register? _mdcfg;
    private Register _entryAddress = null!;
    private Register? _entryAddressHigh;
    private Register _entryConfiguration = null!;
    private Parts _touched;
    private (ulong Address, uint Data)? _sentMessage;

    /// <summary>Builds an instance in its reset state.</summary>
    /// <exception cref="CheckerConfigurationException">The parameters are an illegal combination.</exception>
    public IopmpChecker(IopmpOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Name, options.AgentId)
    {
        options.Validate();
        _options = options;
        _granularityBits = BitOperations.Log2(options.Granularity) - 2;
        _stalled = new ulong[(options.RequesterCount + 63) / 64];
        _faults = new ushort[(options.RequesterCount + 15) / 16];
        Registers = new RegisterMap(options.Name);
        DefineConfiguration();
        DefineStall();
        DefineLocks();
        DefineErrors();
        DefineDomains();
        DefineSources();
        DefineEntries();
        Registers.Reset();
        Commit(Compile(new IopmpSnapshot(options), Parts.All));
    }

    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Entries = 1,
        Sources = 2,
        Stall = 4,
        Errors = 8,
        All = Entries | Sources | Stall | Errors,
    }

    /// <inheritdoc/>
    public override RegisterMap Registers { get; }

    /// <summary>The parameters of the instance.</summary>
    public IopmpOptions Options => _options;

    /// <summary>The current configuration.</summary>
    public IopmpSnapshot Current => (IopmpSnapshot)Snapshot;

    private bool Enabled => (_hwcfg0.Value & 1) != 0;

    private bool ErrorsLocked => (_errCfg.Value & 1) != 0;

    /// <summary>Puts a region under this instance's protection; done while the memory tree is built.</summary>
    /// <param name="tree">Where the port's address spaces are made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="baseAddress">Physical address of the region's first byte on the initiators' bus.</param>
    /// <param name="size">Bytes, at most <see cref="IopmpPort.LargestSize"/>.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    /// <returns>The region to put into the initiators' trees at <paramref name="baseAddress"/>.</returns>
    public IopmpPort Protect(MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
    {
        var port = new IopmpPort(this, tree, name, baseAddress, size, downstream);
        AddPort(port);
        return port;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Registers take aligned 32-bit accesses, 64-bit ones as two with the low half first; others read 0 and write nothing
    /// (profile P19). Offsets from <see cref="CheckerPort.WaitingOffset"/> on are accesses of stalled RRIDs to a port.
    /// </remarks>
    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Offset - CheckerPort.WaitingOffset < IopmpPort.LargestSize && PortAt(access.PhysicalAddress) is { } port)
        {
            return Deliver(port, access, value);
        }

        if (access.Size is not (4 or 8) || access.Offset % (ulong)access.Size != 0)
        {
            return RegisterOutcome.Nothing;
        }

        if (access.Kind != AccessKind.Store)
        {
            ulong read = access.Attributes.IsDebug ? Registers.Peek(access.Offset, access.Size) : Registers.Read(access.Offset, access.Size);
            return new RegisterOutcome(AccessResult.Ok, read, null);
        }

        Registers.Write(access.Offset, access.Size, value);
        Parts touched = _touched;
        _touched = Parts.None;
        RegisterOutcome outcome = touched == Parts.None ? RegisterOutcome.Nothing : CommitChange(touched);
        if (outcome.Scope is null || touched != Parts.Stall || !ReportsAcknowledgements)
        {
            return outcome;
        }

        // Software waits on is_busy instead of on its write (iopmp.md section 12.4, rule 2).
        long change = NumberChange();
        _stalling.Add(change);
        return outcome with { Change = change, CompletesAtOnce = true };
    }

    /// <inheritdoc/>
    public override InvalidationScope Reset()
    {
        Registers.Reset();
        Array.Clear(_stalled);
        Array.Clear(_faults);
        ReleaseWaiting();
        _stalling.Clear();
        DriveInterrupt(false);
        Commit(Compile(new IopmpSnapshot(_options), Parts.All));
        _touched = Parts.None;
        return Invalidating(InvalidationScope.Everything);
    }

    /// <inheritdoc/>
    public override void ChangeAcknowledged(long change) => _stalling.Remove(change);

    /// <summary>
    /// Judges one whole transaction with all its reactions. Stalled ones wait: they count in the parking buffer, and no
    /// access stands behind them.
    /// </summary>
    public IopmpOutcome Submit(in IopmpTransaction transaction)
    {
        IopmpVerdict verdict = Decide(transaction, new HeldAccess(default, 0), out IopmpResponse waits);
        if (verdict.Waits)
        {
            return new IopmpOutcome(waits, transaction.Requester, false, null);
        }

        if (verdict.Permitted)
        {
            return new IopmpOutcome(IopmpResponse.Permitted, verdict.OutgoingRequester, false, null);
        }

        bool lineBefore = InterruptLine;
        _sentMessage = null;
        Record(new Violation(
            AgentId, transaction.Address, (int)Math.Min(transaction.Length, int.MaxValue), TransactionAttributes.Specified.WithRequester((uint)transaction.Requester),
            AccessKind.Load, verdict.BusError, verdict.Interrupt, verdict.Detail, NoInitiator.Instance.InitiatorId, 0), transaction.Requester);
        return new IopmpOutcome(
            verdict.BusError ? IopmpResponse.BusError : IopmpResponse.Faked, transaction.Requester, InterruptLine && !lineBefore, _sentMessage);
    }

    /// <summary>The RRID of a transaction.</summary>
    internal int RequesterOf(TransactionAttributes attributes) =>
        attributes.IsUnspecified ? _options.UnspecifiedRequester
        : _options.RequesterIsWorld ? attributes.WorldId
        : (int)attributes.RequesterId;

    /// <inheritdoc/>
    protected override bool TakeRecord(in Violation violation) => TakeRecord(violation, RequesterOf(violation.Attributes));

    private void Record(in Violation violation, int requester) => CountRecord(TakeRecord(violation, requester));

    private bool TakeRecord(in Violation violation, int requester)
    {
        if (!violation.BusError && !violation.Interrupt)
        {
            return false;
        }

        if ((_errInfo.Value & 1) != 0)
        {
            if (_options.MultiFaultRecord && requester < _options.RequesterCount)
            {
                _faults[requester / 16] |= (ushort)(1 << (requester % 16));
                _errInfo.Value |= 1 << 8;
            }

            return false;
        }

        _errInfo.Value |= 1;
        if (!_options.NoErrorRecord)
        {
            _errInfo.Value = (_errInfo.Value & ~0xF6UL) | ((violation.Detail & 0x30) >> 3) | ((violation.Detail & 0xF) << 4);
            _errAddress!.Value = (uint)(violation.PhysicalAddress >> 2);
            _errAddressHigh?.Value = violation.PhysicalAddress >> 34;
            _errRequester!.Value = ((ulong)requester & 0xFFFF) | (_options.RecordEntry ? violation.Detail & 0xFFFF_0000 : 0xFFFF_0000);
        }

        if (violation.Interrupt)
        {
            RaiseInterrupt();
        }

        return true;
    }

    private void RaiseInterrupt()
    {
        if (!_options.MessageInterrupts || (_errCfg.Value & 8) == 0)
        {
            DriveInterrupt(true);
            return;
        }

        const ulong werr = 8;
        if ((_errInfo.Value & werr) != 0)
        {
            return;
        }

        ulong address = _msiAddressHigh is { } high ? (high.Value << 32) | _msiAddress!.Value : _msiAddress!.Value << 2;
        uint data = (uint)(_errCfg.Value >> 8) & 0x7FF;
        _sentMessage = (address, data);
        if (SendMessage is null || !SendMessage(address, data))
        {
            _errInfo.Value |= werr;
        }
    }

    private ulong ReadMultiFault()
    {
        int start = (int)(_errMultiFault!.Value >> 16) & 0xFFF;
        for (int step = 0; step < _faults.Length; step++)
        {
            int window = (start + step) % _faults.Length;
            if (_faults[window] == 0)
            {
                continue;
            }

            ulong result = (1UL << 31) | ((ulong)window << 16) | _faults[window];
            _errMultiFault.Value = (ulong)window << 16;
            _faults[window] = 0;
            if (Array.TrueForAll(_faults, faults => faults == 0))
            {
                _errInfo.Value &= ~(1UL << 8);
            }

            return result;
        }

        return (ulong)start << 16;
    }

    private IopmpVerdict Decide(in IopmpTransaction transaction, HeldAccess access, out IopmpResponse waits)
    {
        IopmpVerdict verdict = Current.Check(transaction);
        waits = IopmpResponse.Permitted;
        if (!verdict.Waits)
        {
            return verdict;
        }

        if (_waiting.Count(waiter => waiter.Parked) < _options.StallBufferDepth)
        {
            waits = IopmpResponse.Parked;
        }
        else if (Current.StallIsViolation)
        {
            return Current.StallViolation(verdict);
        }
        else
        {
            waits = IopmpResponse.Held;
        }

        _waiting.Add(new Waiter(transaction.Requester, waits == IopmpResponse.Parked, access));
        return verdict;
    }

    private RegisterOutcome Deliver(IopmpPort port, in BusAccess access, ulong value)
    {
        var transaction = new IopmpTransaction(
            RequesterOf(access.Attributes), access.PhysicalAddress, (ulong)access.Size, IopmpPort.KindOf(access.Kind));
        IopmpVerdict verdict = Decide(transaction, new HeldAccess(access, value), out _);
        if (verdict.Waits)
        {
            return new RegisterOutcome(AccessResult.Pending, 0, null);
        }

        BusAccess there = access with { Offset = access.PhysicalAddress - port.BaseAddress };
        if (verdict.Permitted || verdict.Error != IopmpErrorType.Stalled)
        {
            return access.Kind == AccessKind.Store
                ? new RegisterOutcome(port.Path.Write(there, value), 0, null)
                : new RegisterOutcome(port.Path.Read(there, out ulong read), read, null);
        }

        Record(new Violation(
            AgentId, access.PhysicalAddress, access.Size, access.Attributes, access.Kind, verdict.BusError, verdict.Interrupt, verdict.Detail,
            access.Initiator.InitiatorId, access.Initiator.Now));
        return verdict.BusError
            ? RegisterOutcome.Refused
            : new RegisterOutcome(AccessResult.Ok, access.Kind == AccessKind.Store ? 0 : _options.ErrorReadData & (ulong.MaxValue >> (64 - (8 * access.Size))), null);
    }

    private IopmpPort? PortAt(ulong address)
    {
        foreach (CheckerPort port in Ports)
        {
            if (address - port.BaseAddress <= port.SizeMinusOne)
            {
                return (IopmpPort)port;
            }
        }

        return null;
    }

    private void Touch(Parts parts) => _touched |= parts;

    private bool DomainLocked(int domain) =>
        domain < 31 ? ((_mdlck?.Value ?? 0) & (2UL << domain)) != 0 : ((_mdlckHigh?.Value ?? 0) & (1UL << (domain - 31))) != 0;

    private bool EntryLocked(int entry) => (ulong)entry < _entrylck.Value >> 1;

    private ulong LegalMode(int entry, ulong old, ulong wanted)
    {
        int mode = (int)(wanted >> IopmpEntry.ModeShift) & 3;
        bool legal = mode switch
        {
            IopmpEntry.TopOfRange => _options.TopOfRange,
            IopmpEntry.NaturallyAligned4 => _options.Granularity == 4,
            _ => true,
        };
        return legal ? wanted : (wanted & ~IopmpEntry.ModeMask) | (old & IopmpEntry.ModeMask);
    }

    private ulong WordOf(int entry) => entry < 0 ? 0 : _entryAddress[entry] | ((_entryAddressHigh?[entry] ?? 0) << 32);

    /// <summary>What reads of an address word show: the granularity's view of it (iopmp.md section 6.3).</summary>
    private ulong ShownWord(int entry)
    {
        ulong word = WordOf(entry);
        return ((int)(_entryConfiguration[entry] >> IopmpEntry.ModeShift) & 3) switch
        {
            IopmpEntry.Off or IopmpEntry.TopOfRange => word & ~((1UL << _granularityBits) - 1),
            IopmpEntry.NaturallyAlignedPowerOfTwo when _granularityBits >= 2 => word | ((1UL << (_granularityBits - 1)) - 1),
            _ => word,
        };
    }

    /// <summary>Raises bounds below their predecessor, frozen ones too, while the instance is enabled (profile P2).</summary>
    private void RepairDomains()
    {
        if (_mdcfg is null || !Enabled)
        {
            return;
        }

        for (int domain = 1; domain < _mdcfg.Count; domain++)
        {
            _mdcfg[domain] = Math.Max(_mdcfg[domain], _mdcfg[domain - 1]);
        }
    }

    private ulong DomainsOf(int requester) => _options.SourceFormat switch
    {
        0 => DomainMask(_srcmd[0]!, _srcmd[1], requester),
        1 => 1UL << requester,
        _ => (1UL << _options.DomainCount) - 1,
    };

    private static ulong DomainMask(Register low, Register? high, int requester) =>
        (low[requester] >> 1) | ((high?[requester] ?? 0) << 31);

    private bool InStallSet(int requester) => (_stalled[requester >> 6] & (1UL << (requester & 63))) != 0;

    private void SetStalled(int requester, bool stalled)
    {
        ulong bit = 1UL << (requester & 63);
        _stalled[requester >> 6] = stalled ? _stalled[requester >> 6] | bit : _stalled[requester >> 6] & ~bit;
    }

    /// <summary>A write of MDSTALL: the tables of this moment decide who is stalled from now on (iopmp.md section 10).</summary>
    private void SelectStalled(bool exempt)
    {
        ulong selected = (_mdstall!.Value >> 1) | ((_mdstallHigh?.Value ?? 0) << 31);
        for (int requester = 0; requester < _options.RequesterCount; requester++)
        {
            SetStalled(requester, exempt ^ ((DomainsOf(requester) & selected) != 0));
        }

        ReleaseWaiting();
        Touch(Parts.Stall);
    }

    /// <summary>What RRIDSCP shows after a write (profile P16).</summary>
    private ulong PickResult(uint old, uint wanted)
    {
        uint operation = wanted >> 30;
        int requester = (int)(wanted & 0xFFFF);
        if (operation == 3)
        {
            return old;
        }

        if (requester >= _options.RequesterCount)
        {
            return (old & 0xFFFF) | (3UL << 30);
        }

        if (_options.UnselectableRequesters.Contains(requester))
        {
            return (uint)requester | (3UL << 30);
        }

        bool stalled = operation == 1 || (operation == 0 && InStallSet(requester));
        return (uint)requester | ((stalled ? 1UL : 2UL) << 30);
    }

    private void Pick(uint written)
    {
        uint operation = written >> 30;
        int requester = (int)(written & 0xFFFF);
        if (operation is 1 or 2 && requester < _options.RequesterCount && !_options.UnselectableRequesters.Contains(requester))
        {
            SetStalled(requester, operation == 1);
            ReleaseWaiting();
            Touch(Parts.Stall);
        }
    }

    private void ReleaseWaiting()
    {
        foreach (Waiter waiter in _waiting)
        {
            if (!InStallSet(waiter.Requester) && waiter.Access.Access.Initiator is not null)
            {
                Released.Add(waiter.Access);
            }
        }

        _waiting.RemoveAll(waiter => !InStallSet(waiter.Requester));
    }

    private RegisterOutcome CommitChange(Parts touched)
    {
        IopmpSnapshot before = Current;
        IopmpSnapshot next = Compile(before, touched);
        Commit(next);
        var scopes = new ScopeBuilder();
        foreach ((int requester, ulong first, ulong last, AccessKinds kinds) in before.DifferencesTo(next))
        {
            // More than 64 RRIDs share the bits of the mask: a superset of those concerned.
            scopes.AddThrough(Ports, first, last, 1UL << (requester & 63), kinds);
        }

        return Invalidating(scopes);
    }

    private IopmpSnapshot Compile(IopmpSnapshot before, Parts touched)
    {
        if (!Enabled)
        {
            // Everything passes; the tables are compiled when the instance is switched on.
            return new IopmpSnapshot(_options);
        }

        bool entries = (touched & Parts.Entries) != 0;
        bool sources = (touched & Parts.Sources) != 0;
        int[] starts = entries ? CompileDomainStarts() : before.DomainStarts;
        return new IopmpSnapshot(_options)
        {
            Enabled = true,
            TranslatedRequester = _options.TranslateRequester ? (int)(_hwcfg3.Value >> 16) : null,
            InterruptEnabled = (_errCfg.Value & 2) != 0,
            AnswerSuccess = (_errCfg.Value & 4) != 0,
            StallIsViolation = (_errCfg.Value & 16) != 0,
            DomainStarts = starts,
            Entries = entries ? CompileEntries(starts) : before.Entries,
            Domains = sources ? CompileSources(0) : before.Domains,
            ReadDomains = sources ? CompileSources(2) : before.ReadDomains,
            WriteDomains = sources ? CompileSources(4) : before.WriteDomains,
            FetchDomains = sources ? CompileSources(6) : before.FetchDomains,
            DomainPermissions = sources ? CompilePermissions() : before.DomainPermissions,
            Stalled = (touched & Parts.Stall) == 0 ? before.Stalled : Array.TrueForAll(_stalled, bits => bits == 0) ? [] : [.. _stalled],
        };
    }

    private int[] CompileDomainStarts()
    {
        var starts = new int[_options.DomainCount + 1];
        int perDomain = ((int)(_hwcfg3.Value >> 4) & 0x7F) + 1;
        for (int domain = 0; domain < _options.DomainCount; domain++)
        {
            int end = _mdcfg is null ? (domain + 1) * perDomain : (int)_mdcfg[domain];
            starts[domain + 1] = Math.Min(end, _options.EntryCount);
        }

        return starts;
    }

    private IopmpEntry[] CompileEntries(int[] starts)
    {
        var entries = new IopmpEntry[_options.EntryCount];
        int limit = (_hwcfg2.Value & NonPriorityBit) != 0 ? (int)(_hwcfg2.Value & 0xFFFF) : int.MaxValue;
        int domain = 0;
        for (int at = 0; at < entries.Length; at++)
        {
            while (domain < _options.DomainCount && at >= starts[domain + 1])
            {
                domain++;
            }

            entries[at] = IopmpEntry.Compile(
                WordOf(at), WordOf(at - 1), (ushort)_entryConfiguration[at], _granularityBits, domain < _options.DomainCount ? domain : -1, at < limit);
        }

        return entries;
    }

    private ulong[] CompileSources(int register)
    {
        if (_srcmd[register] is not { } low)
        {
            return [];
        }

        var domains = new ulong[_options.RequesterCount];
        for (int requester = 0; requester < domains.Length; requester++)
        {
            domains[requester] = DomainMask(low, _srcmd[register + 1], requester);
        }

        return domains;
    }

    private ulong[] CompilePermissions()
    {
        if (_perm[0] is not { } low)
        {
            return [];
        }

        var permissions = new ulong[_options.DomainCount];
        for (int domain = 0; domain < permissions.Length; domain++)
        {
            permissions[domain] = low[domain] | ((_perm[1]?[domain] ?? 0) << 32);
        }

        return permissions;
    }

    private readonly record struct Waiter(int Requester, bool Parked, HeldAccess Access);
}
