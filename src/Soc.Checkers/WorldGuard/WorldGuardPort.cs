using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>
/// A region protected by a wgChecker. The index of a transaction is its world; two more indexes stand for worlds that do
/// not exist, which are always refused, and for debugger accesses, which pass by.
/// </summary>
public sealed class WorldGuardPort : CheckerPort
{
    private readonly WorldGuardChecker _checker;

    internal WorldGuardPort(WorldGuardChecker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
        : base(checker, tree, name, baseAddress, size, downstream) => _checker = checker;

    /// <inheritdoc/>
    public override int IndexCount => Worlds + 2;

    /// <inheritdoc/>
    public override AtomicPolicy AtomicPolicy => AtomicPolicy.LoadThenStore;

    /// <summary>A dropped store-conditional reports success (worldguard.md section 5).</summary>
    public override bool RefusedConditionalReportsSuccess => true;

    private int Worlds => _checker.WorldGuard.Worlds;

    /// <inheritdoc/>
    public override int IndexOf(TransactionAttributes attributes) =>
        attributes.IsDebug ? Worlds + 1 : Math.Min(_checker.WorldGuard.WorldOf(attributes), Worlds);

    /// <inheritdoc/>
    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        ulong address = BaseAddress + offset;
        if (index >= Worlds)
        {
            return new IommuTranslation(index == Worlds ? Blocked : Downstream, address, LargestMask, AccessKinds.All);
        }

        var snapshot = (WorldGuardSnapshot)_checker.Snapshot;
        int permissions = snapshot.PermissionsAt(address, index, out ulong first, out ulong last);
        bool store = kind == AccessKind.Store;
        bool permitted = (permissions & (store ? 2 : 1)) != 0;
        AccessKinds sharing = permissions is 0 or 3 ? AccessKinds.All : store ? AccessKinds.Store : AccessKinds.Reads;
        return new IommuTranslation(permitted ? Downstream : Blocked, address, MaskWithin(address, first, last), sharing);
    }

    /// <inheritdoc/>
    protected internal override Verdict Judge(in BusAccess access, ulong physicalAddress)
    {
        int index = IndexOf(access.Attributes);
        return index == Worlds + 1
            ? Verdict.Permit
            : ((WorldGuardSnapshot)_checker.Snapshot).Judge(physicalAddress, index, access.Kind == AccessKind.Store);
    }
}
