using Soc.Checkers;
using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Topology.Tests.Sixth;

/// <summary>ARCHITECTURE.md, recipe "a checker": a kind is one folder, this one, and one line, here <see cref="s_kinds"/>.</summary>
public class SixthCheckerTests
{
    private const ulong Dram = 0x8000_0000;

    private static readonly IReadOnlyList<CheckerDeclaration> s_kinds = [.. CheckerKinds.All, new CurtainDeclaration()];

    [Theory]
    [InlineData("", AccessResult.Ok)]
    [InlineData(", drawn: true", AccessResult.Error)]
    [InlineData(", writes: [{register: CURTAIN, value: 1}]", AccessResult.Error)]
    public void A_topology_can_hold_it(string options, AccessResult expected)
    {
        var ports = new RecordingPorts();
        using SystemModel model = SystemBuilder.Build(Load(options).Topology!, ports.ToPorts());

        Assert.IsType<CurtainPort>(model.Bus.Find(Dram).Leaf);
        Assert.Equal(expected, model.Bus.Read(NoInitiator.Instance, Dram, 8, AccessKind.Load, TransactionAttributes.Specified, out _));
        Assert.Equal(expected == AccessResult.Ok ? 0 : 1, ports.Violations.Count);
    }

    [Fact]
    public void Its_register_file_drives_it()
    {
        using SystemModel model = SystemBuilder.Build(Load("").Topology!, new RecordingPorts().ToPorts());
        Checker curtain = model.Checkers[^1];

        RegisterOutcome outcome = curtain.Access(
            new BusAccess(0, 4, AccessKind.Store, TransactionAttributes.Specified, 0x0700_0000, NoInitiator.Instance), 1);

        Assert.Equal(InvalidationScope.Everything, outcome.Scope);
        Assert.Equal(AccessResult.Error, model.Bus.Read(NoInitiator.Instance, Dram, 8, AccessKind.Load, TransactionAttributes.Specified, out _));
        Assert.Equal(("CURTAIN", 1UL), (curtain.Registers.Table()[0].Name, curtain.Registers.Table()[0].Current));
    }

    [Fact]
    public void Mistakes_in_its_options_are_reported_like_any_other()
    {
        Assert.Contains("checkers[1].drawm: is not a known key; did you mean 'drawn'?", Assert.Single(Load(", drawm: true").Mistakes).ToString(), StringComparison.Ordinal);
        Assert.Contains("writes[0].register: there is no register 'VEIL'", Assert.Single(Load(", writes: [{register: VEIL, value: 1}]").Mistakes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_would_know_it() =>
        Assert.Contains("\"const\":\"curtain\"", CheckerSchema.OfItems(s_kinds).ToJsonString(), StringComparison.Ordinal);

    private static TopologyLoadResult Load(string options) => TopologyFile.Parse(
        "test.yaml",
        $"{TestTopology.Sound}\n  - {{name: curtain, kind: curtain, base: 0x0700_0000, protects: [dram]{options}}}\n".Replace(
            "protects: [dram]}\n  -", "protects: [uart0]}\n  -", StringComparison.Ordinal),
        new TopologyLoadOptions { CheckerKinds = s_kinds });
}
