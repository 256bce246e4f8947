using System.Globalization;
using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// What the stale-translation sanitizers of one SoC's initiators share: who last changed each word of memory, who has learned of
/// whose stores, which changes of checkers are under way, and the reports.
/// </summary>
/// <remarks>
/// Everything but <see cref="Gate"/> is to be used while holding it. An initiator holds it for one instruction, a checker for one
/// commit, so that an access and its comparison see the same memory, in every run mode.
/// </remarks>
/// <param name="agents">Number of agents of the SoC; agent numbers are below it.</param>
/// <param name="followedPages">Pages of written memory that are followed, beside those that hold page tables; at least 1.</param>
public sealed class Sanitizer(int agents, int followedPages = Sanitizer.FollowedPages)
{
    /// <summary>Most different reports kept; further ones are counted.</summary>
    public const int MaximumReports = 256;

    /// <summary>Pages that are followed unless something else is said: 32 MiB of guest memory written, for 128 MiB of host memory.</summary>
    public const int FollowedPages = 8192;

    private readonly StoreShadow _stores = new(followedPages);
    private readonly HappensBefore _order = new(agents);
    private readonly FenceLog[] _translationFences = Logs(agents);
    private readonly FenceLog[] _codeFences = Logs(agents);
    private readonly ulong[] _programCounter = new ulong[agents];
    private readonly List<CheckerChange> _changes = [];
    private readonly Dictionary<(ulong ProgramCounter, StaleCause Cause), int> _index = [];
    private readonly List<StaleUse> _reports = [];
    private readonly List<ulong> _counts = [];
    private ulong _sequence;
    private ulong _epoch;
    private ulong _lastCodeFence;

    /// <summary>Taken by whoever touches the sanitizer.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Called for each report when it is new.</summary>
    public Action<StaleUse>? Reported { get; set; }

    /// <summary>The reports, in the order in which they were found; one for each pc and cause.</summary>
    public IReadOnlyList<StaleUse> Reports => _reports;

    /// <summary>How often each report was found.</summary>
    public IReadOnlyList<ulong> Counts => _counts;

    /// <summary>Different reports beyond <see cref="MaximumReports"/>.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>Accesses compared with an uncached walk.</summary>
    public ulong Compared { get; set; }

    /// <summary>Accesses that found a difference that the architecture allows: inside a window, or before a fence was due.</summary>
    public ulong Allowed { get; set; }

    /// <summary>Whether the guest wrote more memory than is followed; then old stores are forgotten, and bugs may go unreported.</summary>
    public bool IsPartial => _stores.IsFull;

    /// <summary>Changes whenever page tables may have: a walk that was compared stays true while it is the same.</summary>
    public ulong Epoch => _epoch;

    /// <summary>The next position in the order of events.</summary>
    public ulong Next() => ++_sequence;

    /// <summary>The last position in the order of events.</summary>
    public ulong Current => _sequence;

    /// <summary>Notes where an initiator is.</summary>
    public void At(int initiator, ulong programCounter) => _programCounter[initiator] = programCounter;

    /// <summary>The last store that changed a word.</summary>
    /// <param name="host">Host address of any byte of the word.</param>
    public LastStore WriterOf(nint host) => _stores[host];

    /// <summary>An initiator changed a word.</summary>
    /// <param name="host">Host address of any byte of the word.</param>
    /// <param name="initiator">Agent number.</param>
    /// <param name="programCounter">pc of the store; 0 for a DMA engine.</param>
    /// <param name="time">Virtual time, ns.</param>
    /// <param name="changed">Bits of the word that are different now.</param>
    public void OnStored(nint host, int initiator, ulong programCounter, ulong time, ulong changed = ulong.MaxValue)
    {
        int bytes = 0;
        for (int i = 0; i < 8; i++)
        {
            bytes |= (changed >> (8 * i) & 0xFF) != 0 ? 1 << i : 0;
        }

        // Two stores without a FENCE.I of anybody between them are one to whoever fetches.
        LastStore before = _stores[host];
        if (before.Initiator == initiator && before.Sequence > _lastCodeFence)
        {
            bytes |= before.Bytes;
        }

        if (_stores.Record(host, new LastStore(Next(), initiator, programCounter, time, (byte)bytes)))
        {
            _epoch++;
        }
    }

    /// <summary>An initiator reads a word, and so learns of whoever changed it.</summary>
    /// <param name="host">Host address of any byte of the word.</param>
    /// <param name="initiator">Agent number.</param>
    public void OnLoaded(nint host, int initiator)
    {
        LastStore store = _stores[host];
        if (store.Sequence != 0 && store.Initiator != initiator)
        {
            _order.Observe(initiator, store.Initiator, store.Sequence, Next());
        }
    }

    /// <summary>Walks read entries of the page at a host address: stores to it matter from now on.</summary>
    public void OnTableRead(nint host) => _stores.MarkTable(host);

    /// <summary>A hart executed SFENCE.VMA.</summary>
    public void OnTranslationFence(int initiator) => _translationFences[initiator].Add(Next());

    /// <summary>A hart executed FENCE.I.</summary>
    public void OnCodeFence(int initiator)
    {
        _lastCodeFence = Next();
        _codeFences[initiator].Add(_lastCodeFence);
    }

    /// <summary>Whether a hart has executed SFENCE.VMA after an event.</summary>
    public bool HasFenced(int initiator, ulong since) => _translationFences[initiator].FirstAfter(since) != ulong.MaxValue;

    /// <summary>Whether an initiator has learned, through memory, of what another one did.</summary>
    /// <param name="initiator">Who may know.</param>
    /// <param name="other">Whose deed.</param>
    /// <param name="sequence">Its place in the order of events.</param>
    public bool Knows(int initiator, int other, ulong sequence) => _order.Knows(initiator, other, sequence);

    /// <summary>
    /// Whether a change is due at an initiator (README, "The sanitizer"): its own at once; that of another when the other has
    /// fenced after it, and the initiator has learned of a store that the other made after that fence.
    /// </summary>
    /// <param name="initiator">Who accesses.</param>
    /// <param name="store">The change.</param>
    /// <param name="code">Whether FENCE.I counts, not SFENCE.VMA.</param>
    public bool IsDue(int initiator, in LastStore store, bool code)
    {
        if (store.Initiator == initiator)
        {
            return true;
        }

        ulong fence = (code ? _codeFences : _translationFences)[store.Initiator].FirstAfter(store.Sequence);
        return fence != ulong.MaxValue && _order.Knows(initiator, store.Initiator, fence);
    }

    /// <summary>A checker published a new configuration; its Invalidates are on their way.</summary>
    /// <param name="id">Correlation id.</param>
    /// <param name="owner">Agent number of the checker.</param>
    /// <param name="checker">Its name.</param>
    /// <param name="scope">What changed.</param>
    /// <param name="writer">Who wrote the register.</param>
    /// <param name="offset">Offset of the register.</param>
    /// <param name="value">The value written.</param>
    /// <param name="time">Virtual time, ns.</param>
    /// <param name="recipients">Who must take it in.</param>
    public void OnCommit(
        ulong id, int owner, string checker, in InvalidationScope scope, int writer, ulong offset, ulong value, ulong time, IEnumerable<int> recipients)
    {
        var write = new LastStore(Next(), writer, _programCounter[writer], time);
        _changes.Add(new CheckerChange(id, owner, checker, scope, write, offset, value, recipients));
        _changes.RemoveAll(change => change.Missing.Count == 0);
    }

    /// <summary>An initiator has taken a change in.</summary>
    public void OnInvalidated(int initiator, ulong id)
    {
        _changes.Find(change => change.Id == id)?.Missing.Remove(initiator);
    }

    /// <summary>A register write that led to a change has retired for its writer.</summary>
    public void OnRetired(ulong id)
    {
        if (_changes.Find(change => change.Id == id) is { } done)
        {
            done.Retired = Next();
        }
    }

    /// <summary>Compares where an access ends with what checkers say at this instant.</summary>
    /// <param name="initiator">Who accesses.</param>
    /// <param name="space">The initiator's view of the SoC.</param>
    /// <param name="access">The resolved part.</param>
    /// <exception cref="SanitizerException">An old answer is used although no change of it is under way.</exception>
    public void CheckAnswer(IInitiator initiator, AddressSpace space, in MonitoredAccess access)
    {
        ArgumentNullException.ThrowIfNull(initiator);
        AccessResult result = TranslationChain.Resolve(
            space, access.PhysicalAddress, 1, access.Kind, access.Attributes, null, out ResolvedAccess truth);
        if (EndsAt(access, result, truth))
        {
            return;
        }

        int who = initiator.InitiatorId;
        CheckerChange? open = null;
        foreach (CheckerChange change in _changes)
        {
            if (change.Missing.Contains(who) && change.Scope.Kinds.Includes(access.Kind) &&
                access.PhysicalAddress >= change.Scope.First && access.PhysicalAddress <= change.Scope.Last)
            {
                open = change;
            }
        }

        if (open is null && MayLast(space, access))
        {
            Allowed++;
            return;
        }

        string cached = NameOf(access.Section);
        string now = result == AccessResult.Ok ? NameOf(truth.Section) : "nothing";
        if (open is null)
        {
            throw new SanitizerException(
                $"{initiator.Name} used an old answer at 0x{access.PhysicalAddress:x} (pc 0x{_programCounter[who]:x}): {cached} instead of {now}, and no change is under way");
        }

        if (open.Retired == 0 || !(open.Write.Initiator == who || _order.Knows(who, open.Write.Initiator, open.Retired)))
        {
            Allowed++;
            return;
        }

        Report(new StaleUse
        {
            Cause = StaleCause.CheckerNotAwaited,
            Initiator = who,
            ProgramCounter = _programCounter[who],
            Kind = access.Kind,
            VirtualAddress = access.VirtualAddress,
            Time = initiator.Now,
            Cached = cached,
            Truth = now,
            Write = open.Write,
            Written = string.Create(CultureInfo.InvariantCulture, $"register 0x{open.Offset:x} of {open.Checker} (0x{open.Value:x})"),
            Missing = $"the change of {open.Checker} must be acknowledged by {initiator.Name} before memory is handed over",
            Change = open.Id,
        });
    }

    /// <summary>Enters a guest bug, once for each pc and cause.</summary>
    public void Report(StaleUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (_index.TryGetValue((use.ProgramCounter, use.Cause), out int index))
        {
            _counts[index]++;
            return;
        }

        if (_reports.Count == MaximumReports)
        {
            Dropped++;
            return;
        }

        _index.Add((use.ProgramCounter, use.Cause), _reports.Count);
        _reports.Add(use);
        _counts.Add(1);
        Reported?.Invoke(use);
    }

    private static bool EndsAt(in MonitoredAccess access, AccessResult result, in ResolvedAccess end) =>
        result == AccessResult.Ok && ReferenceEquals(end.Section.Leaf, access.Section.Leaf) && end.Offset == access.Offset;

    /// <summary>Whether an access ends where it may until software invalidates what the first region on its way said.</summary>
    private static bool MayLast(AddressSpace space, in MonitoredAccess access)
    {
        Section start = space.Find(access.PhysicalAddress);
        if (start.Leaf is not IommuRegion { LastingTarget: { } target })
        {
            return false;
        }

        AccessResult result = TranslationChain.Resolve(
            target, start.OffsetOf(access.PhysicalAddress), 1, access.Kind, access.Attributes, null, out ResolvedAccess end);
        return EndsAt(access, result, end);
    }

    private static string NameOf(Section section) => section.IsUnassigned ? "nothing" : section.IsBlockedSink ? "refused" : section.Leaf!.Name;

    private static FenceLog[] Logs(int agents) => [.. Enumerable.Range(0, agents).Select(_ => new FenceLog())];
}
