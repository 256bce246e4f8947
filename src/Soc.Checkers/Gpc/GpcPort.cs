using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>
/// The granule protection check of one initiator: stands between its page walks and its whole physical address space, so page-table
/// entries are checked too. A verdict serves all kinds of accesses.
/// </summary>
/// <remarks>
/// Indexes: 0 Secure, 1 Non-secure, 2 Root, 3 Realm, 4 Non-secure accesses of Secure or Realm state, 5 debugger accesses, which pass
/// by. A pass may be kept for the granule or block of its descriptor until software invalidates it: stores to the tables drop
/// nothing. A refusal is never kept, as its block is smaller than a page (section 4.8).
/// </remarks>
public sealed class GpcPort : CheckerPort
{
    /// <summary>Bits of the indexes that are checked.</summary>
    internal const ulong CheckedIndexes = 0x1F;

    private const int ForeignIndex = 4;
    private const int DebugIndex = 5;

    // One check for the whole of an aligned access, and too small to be kept.
    private const ulong RefusalMask = 7;

    private readonly GpcChecker _checker;
    private readonly AddressSpace _tables;
    private readonly IInitiator _fetcher;

    internal GpcPort(
        GpcChecker checker, MemoryTree tree, string name, int instance, AddressSpace downstream, AddressSpace tables, IInitiator fetcher,
        InvalidationRegistry registry)
        : base(checker, tree, name, 0, 0, downstream)
    {
        _checker = checker;
        _tables = tables;
        _fetcher = fetcher;
        Instance = instance;
        Registry = registry;
    }

    /// <summary>Number of the instance, which is also that of its register page.</summary>
    public int Instance { get; }

    /// <summary>Who may hold verdicts of this instance.</summary>
    public override InvalidationRegistry Registry { get; }

    /// <inheritdoc/>
    public override object Snapshot => _checker.ConfigurationOf(Instance);

    /// <inheritdoc/>
    public override AddressSpace? LastingTarget => Downstream;

    /// <inheritdoc/>
    public override int IndexCount => DebugIndex + 1;

    /// <inheritdoc/>
    public override int IndexOf(TransactionAttributes attributes)
    {
        if (attributes.IsDebug)
        {
            return DebugIndex;
        }

        (SecuritySpace space, SecuritySpace state) = _checker.SpaceOf(attributes);
        return space == SecuritySpace.NonSecure && state is SecuritySpace.Secure or SecuritySpace.Realm
            ? ForeignIndex
            : (int)space;
    }

    /// <inheritdoc/>
    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        GpcConfiguration configuration = _checker.ConfigurationOf(Instance);
        if (index == DebugIndex)
        {
            return new IommuTranslation(Downstream, offset, LargestMask, AccessKinds.All);
        }

        if (!configuration.AccessEnabled)
        {
            return new IommuTranslation(Blocked, offset, RefusalMask, AccessKinds.All);
        }

        GpcVerdict verdict = Check(configuration, offset, index);
        return verdict.Passes
            ? new IommuTranslation(Downstream, offset, MaskWithin(offset, verdict.First, verdict.Last), AccessKinds.All)
            : new IommuTranslation(Blocked, offset, RefusalMask, AccessKinds.All);
    }

    /// <summary>Checks an address as the initiator would, under the current registers and tables.</summary>
    /// <param name="address">Physical address.</param>
    /// <param name="attributes">They tell the physical address space and the state.</param>
    public GpcVerdict Check(ulong address, TransactionAttributes attributes) =>
        Check(_checker.ConfigurationOf(Instance), address, IndexOf(attributes));

    /// <summary>Whether an address belongs to a physical address space, for explanations.</summary>
    internal bool BelongsTo(ulong address, SecuritySpace space) => Check(_checker.ConfigurationOf(Instance), address, (int)space).Passes;

    /// <inheritdoc/>
    protected internal override Verdict Judge(in BusAccess access, ulong physicalAddress)
    {
        int index = IndexOf(access.Attributes);
        GpcConfiguration configuration = _checker.ConfigurationOf(Instance);
        if (index == DebugIndex)
        {
            return Verdict.Permit;
        }

        if (!configuration.AccessEnabled)
        {
            return new Verdict(false, true, false);
        }

        GpcVerdict verdict = Check(configuration, physicalAddress, index);
        return verdict.Passes ? Verdict.Permit : new Verdict(false, true, false, Detail: GpcChecker.DetailOf(Instance, verdict));
    }

    private GpcVerdict Check(GpcConfiguration configuration, ulong address, int index)
    {
        SecuritySpace space = index == ForeignIndex ? SecuritySpace.NonSecure : (SecuritySpace)index;
        SecuritySpace state = index == ForeignIndex ? SecuritySpace.Secure : space;
        return new GpcWalk(configuration, _tables, _fetcher).Check(address, space, state);
    }
}
