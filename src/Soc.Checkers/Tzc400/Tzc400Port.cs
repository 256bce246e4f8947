using Soc.Memory;

namespace Soc.Checkers.Tzc400;

/// <summary>
/// A region behind one filter of a TZC-400. Index 0 stands for Secure and for transactions without attributes, 1 + n for
/// Non-secure with NSAID n, 17 for debugger accesses, which pass by.
/// </summary>
public sealed class Tzc400Port : CheckerPort
{
    /// <summary>Largest size of a port whose accesses wait at a closed gate, bytes.</summary>
    public const ulong LargestStallingSize = 1UL << 62;

    // Too small a block to be kept.
    private const ulong UnkeptMask = 7;

    private readonly Tzc400Checker _checker;

    internal Tzc400Port(Tzc400Checker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream, int filter)
        : base(checker, tree, name, baseAddress, size, downstream)
    {
        _checker = checker;
        Filter = filter;
        Path = new CheckedPath(this);
        if (checker.ClosedGate == Tzc400ClosedGate.Stall)
        {
            if (SizeMinusOne >= LargestStallingSize)
            {
                throw new CheckerConfigurationException($"region '{name}' of checker '{checker.Name}' is larger than 2^62 bytes; accesses cannot wait at its gate");
            }

            Waiting = CreateWaiting(tree);
        }
    }

    /// <summary>Number of the filter.</summary>
    public int Filter { get; }

    /// <summary>Where accesses wait at a closed gate; null under another policy.</summary>
    public AddressSpace? Waiting { get; }

    internal CheckedPath Path { get; }

    /// <inheritdoc/>
    public override int IndexCount => Tzc400Snapshot.Identities + 1;

    /// <inheritdoc/>
    public override int IndexOf(TransactionAttributes attributes) =>
        attributes.IsDebug ? Tzc400Snapshot.Identities
        : Tzc400Checker.IsNonSecure(attributes) ? 1 + Tzc400Checker.AccessIdOf(attributes)
        : 0;

    /// <inheritdoc/>
    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        ulong address = BaseAddress + offset;
        if (index == Tzc400Snapshot.Identities)
        {
            return new IommuTranslation(Downstream, address, LargestMask, AccessKinds.All);
        }

        Tzc400Snapshot snapshot = _checker.Current;
        if (!snapshot.Filters[Filter].IsOpen)
        {
            return new IommuTranslation(Waiting ?? Blocked, address, snapshot.IsOpening(Filter) ? UnkeptMask : LargestMask, AccessKinds.All);
        }

        int permissions = snapshot.Filters[Filter].PermissionsAt(address, index, out ulong first, out ulong last);
        bool store = kind == AccessKind.Store;
        bool permitted = (permissions & (store ? Tzc400Rights.Write : Tzc400Rights.Read)) != 0;
        AccessKinds sharing = permissions is 0 or (Tzc400Rights.Read | Tzc400Rights.Write) ? AccessKinds.All
            : store ? AccessKinds.Store
            : AccessKinds.Reads;
        return new IommuTranslation(permitted ? Downstream : Blocked, address, MaskWithin(address, first, last), sharing);
    }

    /// <inheritdoc/>
    protected internal override void OnRefused(in BusAccess access, ulong physicalAddress)
    {
        Tzc400Snapshot snapshot = _checker.Current;
        if (snapshot.Shadows && snapshot.Filters[Filter].IsOpen && access.Kind != AccessKind.Store)
        {
            // The data is discarded: only the side effects of the read remain.
            Downstream.Read(access.Initiator, physicalAddress, access.Size, access.Kind, access.Attributes, out _);
        }
    }

    /// <inheritdoc/>
    protected internal override Verdict Judge(in BusAccess access, ulong physicalAddress) =>
        access.Attributes.IsDebug
            ? Verdict.Permit
            : _checker.Current.Judge(Filter, physicalAddress, IndexOf(access.Attributes), access.Kind == AccessKind.Store);
}
