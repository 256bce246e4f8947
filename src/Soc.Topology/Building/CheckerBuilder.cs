using Soc.Checkers;
using Soc.Checkers.Declaration;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>Builds the checkers of a topology, whatever their kind, and puts them into the ways of accesses.</summary>
/// <param name="topology">The validated topology.</param>
/// <param name="tree">Where address spaces are made.</param>
/// <param name="violations">Who hears of refused accesses.</param>
/// <param name="agentOf">Agent number of a checker.</param>
internal sealed class CheckerBuilder(SocTopology topology, MemoryTree tree, IViolationSink violations, Func<string, int> agentOf)
{
    private readonly List<(CheckerDescription Description, CheckerSetup Setup, Checker Checker)> _checkers = [];

    /// <summary>The region of a checker's registers, to be put at its first address.</summary>
    public static MemoryRegion RegistersOf(CheckerDescription checker, int agent)
    {
        if (checker.Block.First >= 0)
        {
            return new RemoteRegion(checker.Name, checker.Block.Size, agent);
        }

        // Registers below the base have negative offsets, which wrap.
        ulong below = unchecked((ulong)-checker.Block.First);
        var registers = new RemoteRegion(checker.Name, 0, agent);
        var block = new ContainerRegion(checker.Name, checker.Block.Size);
        block.Add(0, new AliasRegion($"{checker.Name}.below", registers, unchecked((ulong)checker.Block.First), below));
        if (checker.Block.Size > below)
        {
            block.Add(below, new AliasRegion($"{checker.Name}.above", registers, 0, checker.Block.Size - below));
        }

        return block;
    }

    /// <summary>Builds all checkers, and puts those that stand in front of targets in their place.</summary>
    /// <param name="blocks">The system map; ports take the places of what they protect.</param>
    public List<Checker> Build(List<BusBlock> blocks)
    {
        foreach (CheckerDescription description in topology.Checkers)
        {
            CheckerSetup setup = description.SetupFor(agentOf(description.Name), topology.WorldGuard);
            Checker checker = description.Kind.Create(setup);
            checker.Violations = violations;
            checker.IsStrict = topology.GuaranteeOf(description) == GuaranteeLevel.Strict;
            Preset(checker, description.Writes);
            _checkers.Add((description, setup, checker));
        }

        // From the last checker to the first, each port taking the place of what is behind it: so accesses pass them in order.
        foreach ((CheckerDescription description, CheckerSetup setup, Checker checker) in Enumerable.Reverse(_checkers).Where(each => each.Description.Initiators.Count == 0))
        {
            foreach (CheckerTarget target in setup.Targets)
            {
                int at = blocks.FindIndex(block => block.Name == target.Name);
                var downstream = new ContainerRegion($"{target.Name} behind {checker.Name}");
                downstream.Add(blocks[at].Base, blocks[at].Region);
                AddressSpace space = tree.CreateSpace(downstream.Name, downstream);
                blocks[at] = blocks[at] with
                {
                    Region = description.Kind.Protect(checker, tree, $"{checker.Name}.{target.Name}", target, space, setup),
                };
            }
        }

        return [.. _checkers.Select(each => each.Checker)];
    }

    /// <summary>Makes register writes before anybody runs; nobody holds an answer yet.</summary>
    private static void Preset(Checker checker, IReadOnlyList<(string Register, ulong Value)> writes)
    {
        foreach ((string name, ulong value) in writes)
        {
            RegisterRow row = checker.Registers.Table().First(row => row.Name == name);
            checker.Access(
                new BusAccess(row.Offset, row.Width, AccessKind.Store, TransactionAttributes.DebugAccess, row.Offset, NoInitiator.Instance), value);
        }
    }

    /// <summary>What an initiator sees: the bus, through the checkers that stand at it, the first of the topology first.</summary>
    public AddressSpace SpaceOf(string initiator, AddressSpace bus)
    {
        AddressSpace space = bus;
        foreach ((CheckerDescription description, CheckerSetup setup, Checker checker) in Enumerable.Reverse(_checkers).Where(each => each.Description.Initiators.Contains(initiator)))
        {
            CheckerTarget all = setup.Targets.First(target => target.Name == initiator);
            string name = $"{space.Name} of {initiator} behind {checker.Name}";
            var root = new ContainerRegion(name);
            root.Add(all.Base, description.Kind.Protect(checker, tree, $"{checker.Name}.{initiator}", all, space, setup));
            space = tree.CreateSpace(name, root);
        }

        return space;
    }
}
