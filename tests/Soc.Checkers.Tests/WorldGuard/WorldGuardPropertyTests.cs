using CsCheck;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>Random register writes: the compiled snapshot, its answers and its scopes against the naive oracle.</summary>
public sealed class WorldGuardPropertyTests
{
    private const int Slots = 5;
    private const int Worlds = 4;
    private const ulong PortSize = 0x2_0000;

    private static readonly Gen<(int Register, int Slot, ulong Value)> GenWrite = Gen.Select(
        Gen.Int[0, 9],
        Gen.Int[0, Slots],
        Gen.OneOf(
            Gen.ULong[0x1FFF_F000, 0x2000_A000],
            Gen.ULong[0, 0x1F].Select(page => 0x2000_0000 + (page << 10)),
            Gen.Int[9, 62].Select(bits => 0x2000_0000 | ((1UL << bits) - 1)),
            Gen.ULong));

    [Fact]
    public void Snapshots_answers_and_scopes_agree_with_the_oracle_after_any_writes() =>
        Gen.Select(GenWrite.Array[1, 25], Gen.Bool).Sample((writes, fullSpace) => Check(writes, fullSpace), iter: 60);

    private static void Check((int Register, int Slot, ulong Value)[] writes, bool fullSpace)
    {
        using var bench = new WorldGuardBench(
            new WorldGuardCheckerOptions("D", 7, Slots, WorldGuardConfiguration.Virt) { Range = fullSpace ? null : (0x8000_0000, 0x8000_0000) },
            WorldGuardBench.Dram, PortSize);
        var before = new WorldGuardOracle(bench, Slots, fullSpace);
        foreach ((int register, int slot, ulong value) in writes)
        {
            InvalidationScope? scope = register switch
            {
                < 3 => bench.SetAddr(slot, value),
                < 5 => bench.SetPerm(slot, value),
                < 9 => bench.SetCfg(slot, (value & 0xF03) | ((value >> 40) % 8 == 0 ? 0x8000_0000 : 0)),
                _ => bench.Set(0x24 + (0x20 * (ulong)slot), value & 0xF, 4),
            };
            var after = new WorldGuardOracle(bench, Slots, fullSpace);
            foreach (ulong address in Probes(bench))
            {
                for (int world = 0; world < Worlds; world++)
                {
                    CheckAnswers(bench, after, address, world);
                    if (address - WorldGuardBench.Dram < PortSize)
                    {
                        CheckScope(scope, before, after, address, world);
                    }
                }
            }

            before = after;
        }
    }

    private static void CheckAnswers(WorldGuardBench bench, WorldGuardOracle oracle, ulong address, int world)
    {
        var snapshot = (WorldGuardSnapshot)bench.Checker.Snapshot;
        foreach (AccessKind kind in Enum.GetValues<AccessKind>())
        {
            (bool permitted, bool busError, bool interrupt) = oracle.Judge(address, world, kind == AccessKind.Store);
            Assert.Equal(new Verdict(permitted, busError, interrupt), snapshot.Judge(address, world, kind == AccessKind.Store));
            ulong offset = address - WorldGuardBench.Dram;
            if (offset >= PortSize)
            {
                continue;
            }

            IommuTranslation answer = bench.Port.Translate(offset, kind, world);
            Assert.Equal(address, answer.Apply(offset));
            Assert.Same(permitted ? bench.Downstream : bench.Port.Blocked, answer.Target);
            foreach (ulong sample in new[] { offset & ~answer.Mask, offset | answer.Mask, (offset & ~answer.Mask) + (answer.Mask / 3) })
            {
                foreach (AccessKind other in Enum.GetValues<AccessKind>())
                {
                    bool same = oracle.Judge(WorldGuardBench.Dram + sample, world, other == AccessKind.Store).Permitted == permitted;
                    if (answer.Permissions.Includes(other))
                    {
                        Assert.True(same, $"0x{sample:x} in the block of 0x{offset:x}, mask 0x{answer.Mask:x}");
                    }
                }
            }
        }
    }

    private static void CheckScope(InvalidationScope? scope, WorldGuardOracle before, WorldGuardOracle after, ulong address, int world)
    {
        foreach (AccessKind kind in Enum.GetValues<AccessKind>())
        {
            bool store = kind == AccessKind.Store;
            if (before.Judge(address, world, store) != after.Judge(address, world, store))
            {
                InvalidationScope covered = Assert.NotNull(scope);
                Assert.InRange(address, covered.First, covered.Last);
                Assert.NotEqual(0UL, covered.Indexes & (1UL << world));
                Assert.True(covered.Kinds.Includes(kind));
            }
        }
    }

    private static IEnumerable<ulong> Probes(WorldGuardBench bench)
    {
        yield return 0;
        yield return ulong.MaxValue;
        yield return ulong.MaxValue - 4;
        for (ulong page = 0x7FFF_F000; page <= 0x8002_0000; page += 0x3000)
        {
            yield return page;
        }

        for (int slot = 0; slot <= Slots; slot++)
        {
            ulong edge = bench.Addr(slot) << 2;
            yield return edge;
            yield return edge - 1;
            yield return edge + 0xFFF;
        }
    }
}
