using Soc.Checkers;
using Soc.Memory;

namespace Soc.Topology.Tests.Sixth;

/// <summary>A region behind a curtain.</summary>
internal sealed class CurtainPort(CurtainChecker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
    : CheckerPort(checker, tree, name, baseAddress, size, downstream)
{
    public override int IndexCount => 1;

    private bool IsDrawn => (bool)Snapshot;

    public override int IndexOf(TransactionAttributes attributes) => 0;

    public override IommuTranslation Translate(ulong offset, AccessKind kind, int index) =>
        new(IsDrawn ? Blocked : Downstream, BaseAddress + offset, LargestMask, AccessKinds.All);

    protected override Verdict Judge(in BusAccess access, ulong physicalAddress) => IsDrawn ? new Verdict(false, true, false) : Verdict.Permit;
}
