using Soc.Checkers;
using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Topology.Tests.Sixth;

/// <summary>The curtain in topologies.</summary>
internal sealed class CurtainDeclaration : CheckerDeclaration
{
    public override string Word => "curtain";

    public override string Description => "Lets everybody through, or nobody.";

    public override IReadOnlyList<CheckerOption> Options { get; } = [CheckerOption.Flag("drawn", "Drawn after reset; default false.")];

    public override Checker Create(CheckerSetup setup) => new CurtainChecker(setup.Name, setup.AgentId, setup.Settings.Flag("drawn"));

    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup) =>
        ((CurtainChecker)checker).Protect(tree, name, target.Base, target.Size, downstream);
}
