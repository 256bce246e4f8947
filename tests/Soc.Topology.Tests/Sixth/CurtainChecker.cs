using Soc.Checkers;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Topology.Tests.Sixth;

/// <summary>The smallest checker: one register with one bit. While the curtain is drawn, nobody gets through.</summary>
internal sealed class CurtainChecker : Checker
{
    private readonly Register _curtain;

    public CurtainChecker(string name, int agentId, bool drawnAtReset)
        : base(name, agentId)
    {
        Registers = new RegisterMap(name);
        _curtain = Registers.Define("CURTAIN", 0, 4).Bit("DRAWN", 0, RegisterAccess.ReadWrite, drawnAtReset);
        Registers.Reset();
        Commit(IsDrawn);
    }

    public override RegisterMap Registers { get; }

    private bool IsDrawn => _curtain.Value != 0;

    public CurtainPort Protect(MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
    {
        var port = new CurtainPort(this, tree, name, baseAddress, size, downstream);
        AddPort(port);
        return port;
    }

    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Kind != AccessKind.Store)
        {
            return new RegisterOutcome(AccessResult.Ok, Registers.Read(access.Offset, access.Size), null);
        }

        bool before = IsDrawn;
        Registers.Write(access.Offset, access.Size, value);
        if (IsDrawn == before)
        {
            return RegisterOutcome.Nothing;
        }

        Commit(IsDrawn);
        return new RegisterOutcome(AccessResult.Ok, 0, Invalidating(InvalidationScope.Everything));
    }

    public override InvalidationScope Reset()
    {
        Registers.Reset();
        Commit(IsDrawn);
        return Invalidating(InvalidationScope.Everything);
    }

    public override string Explain(in Violation violation) => "the curtain is drawn";

    protected override bool TakeRecord(in Violation violation) => false;
}
