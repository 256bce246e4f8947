using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;
using Xunit.Abstractions;

namespace Soc.Tlb.Tests.Properties;

/// <summary>
/// The random equivalence test of softtlb.md section 4.8 with its parameters: 300 operations a seed, 12 virtual pages on 10 physical ones
/// of which a quarter is a device, random page protections, two indexes, half of all (index, page, checker) overridden by none, R, W or
/// RW; 4 % of the operations change a checker, 1 % remap a page; four entries an index and two victims.
/// </summary>
/// <remarks>60 seeds a depth by default; with <c>SOC_LONG_TESTS=1</c> the reference's 2,000.</remarks>
public sealed class RandomEquivalenceTests(ITestOutputHelper output)
{
    private const int Operations = 300;
    private const int VirtualPages = 12;
    private const int PhysicalPages = 10;

    private static readonly uint Seeds = Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1" ? 2000u : 60u;

    private static readonly AccessKinds[] Rights = [AccessKinds.None, AccessKinds.Reads, AccessKinds.Store, AccessKinds.All];

    /// <summary>The reference found 11.4, 17.7 and 22.3 % at depth 1 to 3 for eager, 0, 3.0 and 6.3 % for eager-sinks, none elsewhere.</summary>
    [Theory]
    [InlineData(TlbStrategy.Deferred, 0, 0, 0)]
    [InlineData(TlbStrategy.DeferredSingleSlot, 0, 0, 0)]
    [InlineData(TlbStrategy.PingPong, 0, 0, 0)]
    [InlineData(TlbStrategy.AllMmio, 0, 0, 0)]
    [InlineData(TlbStrategy.Eager, 11.4, 17.7, 22.3)]
    [InlineData(TlbStrategy.EagerSinks, 0, 3.0, 6.3)]
    public void Mismatches_against_the_uncached_oracle_are_as_frequent_as_in_section_4_8(
        TlbStrategy strategy, double atDepth1, double atDepth2, double atDepth3)
    {
        double[] found = [.. Enumerable.Range(0, 4).Select(depth => PercentWrong(strategy, depth))];
        output.WriteLine($"{strategy}: {string.Join(" / ", found.Select(percent => $"{percent:F1} %"))} at depth 0 to 3");

        Assert.Equal(0, found[0]);
        double[] reference = [0, atDepth1, atDepth2, atDepth3];
        for (int depth = 1; depth <= 3; depth++)
        {
            double expected = reference[depth];
            Assert.InRange(found[depth], expected * 0.7, expected * 1.3);
        }
    }

    private static double PercentWrong(TlbStrategy strategy, int depth)
    {
        int wrong = 0;
        for (uint seed = 1; seed <= Seeds; seed++)
        {
            wrong += new RandomMachine(strategy, depth, seed).Run();
        }

        return 100.0 * wrong / (Seeds * Operations);
    }

    /// <summary>One seed.</summary>
    private sealed class RandomMachine(TlbStrategy strategy, int depth, uint seed)
    {
        private ulong _state = seed;

        public int Run()
        {
            using var machine = new Machine(depth, 4096, new TlbConfiguration { Strategy = strategy, Contexts = 2, Log2Entries = 2, VictimEntries = 2 });
            var oracle = new Oracle(machine);
            machine.Walker.Worlds[0] = 1;
            machine.Walker.Worlds[1] = 2;
            ulong[] pages = [.. Enumerable.Range(0, PhysicalPages).Select(page => (ulong)page * 0x1000 + (Below(4) == 0 ? Machine.DeviceBase : 0))];
            foreach (Filter checker in machine.Checkers)
            {
                foreach (ulong page in pages)
                {
                    for (int index = 1; index <= 2; index++)
                    {
                        checker.Allow(index, page, RandomRights());
                    }
                }
            }

            for (uint page = 0; page < VirtualPages; page++)
            {
                Map(machine, page, pages);
            }

            int wrong = 0;
            for (int operation = 0; operation < Operations; operation++)
            {
                switch (Below(100))
                {
                    case < 4 when depth > 0:
                        Filter checker = machine.Checkers[(int)Below((uint)depth)];
                        ulong changed = pages[Below(PhysicalPages)];
                        int world = 1 + (int)Below(2);
                        checker.Allow(world, changed, RandomRights());
                        machine.Invalidate(checker, new InvalidationScope(changed, changed + 0xfff, 1UL << world, AccessKinds.All));
                        break;
                    case 4:
                        uint remapped = Below(VirtualPages);
                        Map(machine, remapped, pages);
                        machine.Tlb.FlushPage((ulong)remapped << 12);
                        break;
                    default:
                        int context = (int)Below(2);
                        machine.Tlb.UseContexts(context, context);
                        ulong address = ((ulong)Below(VirtualPages) << 12) + (Below(512) * 8);
                        AccessKind kind = Below(2) == 0 ? AccessKind.Load : AccessKind.Store;
                        wrong += oracle.Agrees(machine.Tlb, context, kind, address, 8, Below(uint.MaxValue), paged: false) ? 0 : 1;
                        break;
                }
            }

            return wrong;
        }

        private void Map(Machine machine, uint page, ulong[] pages)
        {
            ulong target = pages[Below(PhysicalPages)];
            AccessKinds granted = Below(12) > 0 ? AccessKinds.All : Rights[1 + Below(3)];
            machine.Walker.Map(0, (ulong)page << 12, new TestPage(target, granted));
            machine.Walker.Map(1, (ulong)page << 12, new TestPage(target, granted));
        }

        private AccessKinds RandomRights() => Below(2) == 0 ? AccessKinds.All : Rights[Below(4)];

        private uint Below(uint limit)
        {
            // SplitMix64: neighbouring seeds have nothing in common.
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (uint)(((mixed >> 32) * limit) >> 32);
        }
    }
}
