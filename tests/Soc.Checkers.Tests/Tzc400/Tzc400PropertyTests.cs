using CsCheck;
using Soc.Memory;
using static Soc.Checkers.Tests.Tzc400.Tzc400Bench;

namespace Soc.Checkers.Tests.Tzc400;

/// <summary>Random register writes: verdicts, masks and scopes against section 3.3 read aloud on what software reads back.</summary>
public sealed class Tzc400PropertyTests
{
    private const int UsedRegions = 4;

    private static readonly int[] Indexes = [0, 1, 4, 16];

    private static readonly Gen<(int Register, int Region, ulong Value)> GenWrite = Gen.Select(
        Gen.Int[0, 15], Gen.Int[0, UsedRegions], Gen.OneOf(Gen.ULong[0, uint.MaxValue], Gen.ULong[0, 7].Select(page => page << 12)));

    [Fact]
    public void Verdicts_masks_and_scopes_agree_with_the_oracle_after_any_writes() =>
        GenWrite.Array[1, 25].Sample(Check, iter: 20);

    private static void Check((int Register, int Region, ulong Value)[] writes)
    {
        using var bench = new Tzc400Bench();
        for (int region = 1; region <= UsedRegions; region++)
        {
            bench.Program(region, (ulong)region << 12, ((ulong)region << 12) + 0x1000, 3 | SecureBoth, 0x0009_8009);
        }

        var before = new Oracle(bench);
        foreach ((int register, int region, ulong value) in writes)
        {
            InvalidationScope? scope = register switch
            {
                < 4 => bench.Set(Region(region, 0x0), value),
                < 8 => bench.Set(Region(region, 0x8), value),
                8 => bench.Set(Region(region, 0x4), value & 1),
                9 => bench.Set(Region(region, 0xC), value & 1),
                < 12 => bench.Set(Region(region, 0x10), value),
                < 14 => bench.Set(Region(region, 0x14), value),
                14 => bench.Set(GateKeeper, value),
                _ => bench.Set(Reaction, value),
            };
            var after = new Oracle(bench);
            CheckAll(bench, scope, before, after);
            before = after;
        }
    }

    private static void CheckAll(Tzc400Bench bench, InvalidationScope? scope, Oracle before, Oracle after)
    {
        foreach (ulong address in Probes(bench))
        {
            for (int filter = 0; filter < 3; filter++)
            {
                foreach (int index in Indexes)
                {
                    foreach (AccessKind kind in Enum.GetValues<AccessKind>())
                    {
                        CheckAnswer(bench, after, filter, address, index, kind);
                        if (before.Permits(filter, address, index, kind) != after.Permits(filter, address, index, kind))
                        {
                            InvalidationScope covered = Assert.NotNull(scope);
                            Assert.InRange(address, covered.First, covered.Last);
                            Assert.NotEqual(0UL, covered.Indexes & (1UL << index));
                            Assert.True(covered.Kinds.Includes(kind));
                        }
                    }
                }
            }
        }

        if (scope is { } given)
        {
            // Narrow: at both ends somebody's answer changed.
            Assert.All([given.First, given.Last], end => Assert.Contains(
                Enumerable.Range(0, 4 * 17 * 3),
                at => before.Permits(at / 51, end, at / 3 % 17, (AccessKind)(at % 3)) != after.Permits(at / 51, end, at / 3 % 17, (AccessKind)(at % 3))));
        }
    }

    private static void CheckAnswer(Tzc400Bench bench, Oracle oracle, int filter, ulong address, int index, AccessKind kind)
    {
        bool permitted = oracle.Permits(filter, address, index, kind);
        Verdict verdict = bench.Checker.Current.Judge(filter, address, index, kind == AccessKind.Store);
        Assert.Equal(permitted, verdict.Permitted);
        if (!permitted)
        {
            Assert.Equal(oracle.Refusal(filter, address), (verdict.BusError, verdict.Interrupt, verdict.Detail));
        }

        IommuTranslation answer = bench.Ports[filter].Translate(address, kind, index);
        Assert.Equal(address, answer.Apply(address));
        Assert.True(answer.Mask >= 0xFFF);
        Assert.Same(permitted ? bench.Downstream : bench.Ports[filter].Blocked, answer.Target);
        Assert.True(answer.Permissions.Includes(kind));
        foreach (ulong sample in new[] { address & ~answer.Mask, address | answer.Mask, (address & ~answer.Mask) + (answer.Mask / 3) })
        {
            foreach (AccessKind other in Enum.GetValues<AccessKind>())
            {
                if (answer.Permissions.Includes(other))
                {
                    Assert.Equal(permitted, oracle.Permits(filter, sample, index, other));
                }
            }
        }
    }

    private static IEnumerable<ulong> Probes(Tzc400Bench bench)
    {
        yield return 0x100_0000_0000;
        yield return ulong.MaxValue;
        for (ulong page = 0; page < 8; page++)
        {
            yield return (page << 12) + 8;
        }

        for (int region = 0; region <= UsedRegions; region++)
        {
            ulong first = bench.Get(Region(region, 0)) | (bench.Get(Region(region, 4)) << 32);
            ulong last = bench.Get(Region(region, 8)) | (bench.Get(Region(region, 12)) << 32);
            yield return first;
            yield return first - 1;
            yield return last;
            yield return last + 1;
        }
    }

    private sealed class Oracle
    {
        private readonly (ulong Base, ulong Top, ulong Attributes, ulong Access)[] _regions;
        private readonly ulong _open;
        private readonly ulong _action;

        public Oracle(Tzc400Bench bench)
        {
            _regions = [.. Enumerable.Range(0, 9).Select(region => (
                bench.Get(Region(region, 0)) | (bench.Get(Region(region, 4)) << 32),
                bench.Get(Region(region, 8)) | (bench.Get(Region(region, 12)) << 32),
                bench.Get(Region(region, 16)),
                bench.Get(Region(region, 20))))];
            _open = bench.Get(GateKeeper) >> 16;
            _action = bench.Get(Reaction);
        }

        public bool Permits(int filter, ulong address, int index, AccessKind kind)
        {
            int[] matching = Matching(filter, address);
            if (((_open >> filter) & 1) == 0 || address >> 40 != 0 || matching.Length > 1)
            {
                return false;
            }

            (_, _, ulong attributes, ulong access) = _regions[matching.Length == 1 ? matching[0] : 0];
            bool store = kind == AccessKind.Store;
            return index == 0
                ? ((attributes >> (store ? 31 : 30)) & 1) != 0
                : ((access >> (index - 1 + (store ? 16 : 0))) & 1) != 0;
        }

        public (bool BusError, bool Interrupt, uint Detail) Refusal(int filter, ulong address) =>
            ((_open >> filter) & 1) == 0
                ? (false, false, 0)
                : ((_action & 1) != 0, (_action & 2) != 0, 1 | (Matching(filter, address).Length > 1 ? 2U : 0) | ((uint)filter << 4));

        private int[] Matching(int filter, ulong address) =>
            [.. Enumerable.Range(1, 8).Where(region =>
                ((_regions[region].Attributes >> filter) & 1) != 0 && _regions[region].Base <= address && address <= _regions[region].Top)];
    }
}
