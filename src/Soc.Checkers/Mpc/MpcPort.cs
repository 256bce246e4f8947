using Soc.Memory;

namespace Soc.Checkers.Mpc;

/// <summary>
/// A region protected by an MPC. Index 0 stands for Secure and for transactions without attributes, 1 for Non-secure, 2 for
/// debugger accesses, which pass by. An answer is the same for all kinds.
/// </summary>
public sealed class MpcPort : CheckerPort
{
    internal const int NonSecureIndex = 1;
    internal const int DebugIndex = 2;

    private readonly MpcChecker _checker;

    internal MpcPort(MpcChecker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
        : base(checker, tree, name, baseAddress, size, downstream) => _checker = checker;

    /// <inheritdoc/>
    public override int IndexCount => 3;

    /// <inheritdoc/>
    public override int IndexOf(TransactionAttributes attributes) =>
        attributes.IsDebug ? DebugIndex : MpcChecker.IsNonSecure(attributes) ? NonSecureIndex : 0;

    /// <inheritdoc/>
    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index)
    {
        ulong address = BaseAddress + offset;
        MpcSnapshot snapshot = _checker.Current;
        if (index == DebugIndex || snapshot.Gated)
        {
            return new IommuTranslation(index == DebugIndex ? Downstream : Blocked, address, LargestMask, AccessKinds.All);
        }

        (ulong first, ulong last) = snapshot.GroupAround(offset);
        bool permitted = snapshot.IsNonSecure(offset) == (index == NonSecureIndex);
        return new IommuTranslation(
            permitted ? Downstream : Blocked, address, MaskWithin(address, BaseAddress + first, BaseAddress + last), AccessKinds.All);
    }

    /// <inheritdoc/>
    protected internal override Verdict Judge(in BusAccess access, ulong physicalAddress) =>
        access.Attributes.IsDebug
            ? Verdict.Permit
            : _checker.Current.Judge(physicalAddress - BaseAddress, MpcChecker.IsNonSecure(access.Attributes));
}
