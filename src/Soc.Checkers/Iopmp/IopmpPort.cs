using Soc.Memory;

namespace Soc.Checkers.Iopmp;

/// <summary>
/// A region protected by an IOPMP. The index of a transaction is its RRID; two more indexes stand for unknown RRIDs and for
/// debugger accesses, which pass by.
/// </summary>
/// <remarks>
/// Regions may be as small as 4 bytes, so masks may be smaller than a page. The device side of the bus sees naturally aligned
/// accesses of at most 8 bytes, each a transaction of its own; inside blocks of 8 bytes that are not of one permission, every
/// access is judged by itself with its real size, as no mask could say what an 8-byte access may do there.
/// </remarks>
public sealed class IopmpPort : CheckerPort
{
    /// <summary>Largest size of a port, bytes.</summary>
    public const ulong LargestSize = 1UL << 62;

    private const ulong AccessMask = 7;

    private readonly IopmpChecker _checker;

    internal IopmpPort(IopmpChecker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
        : base(checker, tree, name, baseAddress, size, downstream)
    {
        if (SizeMinusOne >= LargestSize)
        {
            throw new CheckerConfigurationException($"region '{name}' of checker '{checker.Name}' is larger than 2^62 bytes");
        }

        _checker = checker;
        Path = new CheckedPath(this);
        var root = new ContainerRegion($"{name}.checked");
        root.Add(baseAddress, new MmioRegion($"{name}.path", size, Path));
        Checked = tree.CreateSpace($"{name}.checked", root);
        Waiting = CreateWaiting(tree);
    }

    /// <summary>Where accesses go whose verdict or attributes need a look at each of them.</summary>
    public AddressSpace Checked { get; }

    /// <summary>Where accesses of stalled RRIDs wait for the owner's answer.</summary>
    public AddressSpace Waiting { get; }

    /// <inheritdoc/>
    public override int IndexCount => _checker.Options.RequesterCount + 2;

    internal CheckedPath Path { get; }

    private int Unknown => _checker.Options.RequesterCount;

    /// <summary>The IOPMP's word for a kind. Atomics of a hart reach the bus as a read and a write.</summary>
    public static IopmpKind KindOf(AccessKind kind) => kind switch
    {
        AccessKind.Load => IopmpKind.Read,
        AccessKind.Store => IopmpKind.Write,
        _ => IopmpKind.Fetch,
    };

    /// <inheritdoc/>
    public override int IndexOf(TransactionAttributes attributes) =>
        attributes.IsDebug ? Unknown + 1 : Math.Min(_checker.RequesterOf(attributes), Unknown);

    /// <inheritdoc/>
    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        ulong address = BaseAddress + offset;
        IopmpSnapshot snapshot = _checker.Current;
        if (!snapshot.Enabled || index > Unknown)
        {
            return new IommuTranslation(Downstream, address, LargestMask, AccessKinds.All);
        }

        if (index == Unknown)
        {
            return new IommuTranslation(Blocked, address, LargestMask, AccessKinds.All);
        }

        if (snapshot.IsStalled(index))
        {
            bool waits = _checker.Options.StallBufferDepth > 0 || !snapshot.StallIsViolation;
            return new IommuTranslation(waits ? Waiting : Blocked, address, LargestMask, AccessKinds.All);
        }

        (AddressSpace target, ulong mask) = AnswerFor(snapshot, address, kind, index);
        AccessKinds sharing = kind.ToSet();
        for (AccessKind other = AccessKind.Load; other <= AccessKind.Fetch; other++)
        {
            if (other != kind && AnswerFor(snapshot, address, other, index) == (target, mask))
            {
                sharing |= other.ToSet();
            }
        }

        return new IommuTranslation(target, address, mask, sharing);
    }

    /// <inheritdoc/>
    protected internal override Verdict Judge(in BusAccess access, ulong physicalAddress)
    {
        if (access.Attributes.IsDebug)
        {
            return Verdict.Permit;
        }

        int requester = _checker.RequesterOf(access.Attributes);
        IopmpSnapshot snapshot = _checker.Current;
        IopmpVerdict verdict = snapshot.Check(new IopmpTransaction(requester, physicalAddress, (ulong)access.Size, KindOf(access.Kind)));
        if (verdict.Waits)
        {
            // Only an answer from before the stall leads here; a device cannot suspend its caller.
            verdict = snapshot.StallViolation(verdict);
        }

        return verdict.Permitted
            ? Verdict.Permit with { Outgoing = Outgoing(access.Attributes, requester, verdict.OutgoingRequester) }
            : new Verdict(false, verdict.BusError, verdict.Interrupt, _checker.Options.ErrorReadData, verdict.Detail);
    }

    private TransactionAttributes? Outgoing(TransactionAttributes attributes, int incoming, int outgoing) =>
        outgoing == incoming ? null
        : _checker.Options.RequesterIsWorld ? attributes.WithWorld((byte)outgoing)
        : attributes.WithRequester((uint)outgoing);

    private (AddressSpace Target, ulong Mask) AnswerFor(IopmpSnapshot snapshot, ulong address, AccessKind kind, int requester)
    {
        IopmpWindow window = snapshot.WindowAt(address, requester, KindOf(kind));
        ulong mask = MaskWithin(address, window.First, window.Last);
        if (!window.Permitted)
        {
            return (Blocked, Math.Max(mask, AccessMask));
        }

        Section next = Downstream.Find(address);
        if (next.Leaf is RemoteRegion)
        {
            // Reached by a suspended access only; its registers are single words.
            return (Downstream, mask);
        }

        if (mask < AccessMask)
        {
            return (Checked, AccessMask);
        }

        // The new RRID matters to whoever judges or looks at attributes; memory does not.
        bool retagged = snapshot.TranslatedRequester is { } outgoing && outgoing != requester && next.Leaf is not RamRegion;
        return retagged
            ? (Checked, MaskWithin(address, Math.Max(window.First, next.Start), Math.Min(window.Last, next.Last)))
            : (Downstream, snapshot.TranslatedRequester is null ? mask : MaskWithin(address, Math.Max(window.First, next.Start), Math.Min(window.Last, next.Last)));
    }
}
