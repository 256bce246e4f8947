using CsCheck;
using Soc.Checkers.Iopmp;
using Soc.Checkers.Mpc;
using Soc.Checkers.Tests.Iopmp;
using Soc.Checkers.Tests.Mpc;
using Soc.Checkers.Tests.Tzc400;
using Soc.Checkers.Tests.WorldGuard;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests;

/// <summary>
/// After any writes, no write invalidates more than the tables of the specifications allow: arm-filters.md sections 2.8 and 3.8,
/// iopmp.md section 12.3, worldguard.md section 7. That it invalidates enough is <see cref="TlbAgreementTests"/>.
/// </summary>
public sealed class DocumentedScopeTests
{
    private const ulong Everybody = 0x1_FFFF;

    private static int Iterations => Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1" ? 5000 : 80;

    [Fact]
    public void Mpc_writes_invalidate_the_changed_blocks_only() => Gen.UInt.Array[1, 20].Sample(
        values =>
        {
            using var d = new MpcBench(new MpcOptions("mpc", 7, 24 * 4096));
            uint before = d.Word(0);
            foreach (uint value in values)
            {
                uint written = value & (value >> 7);
                RegisterOutcome outcome = d.Access(AccessKind.Store, MpcBench.BlkLut, 4, written, MpcBench.Secure());
                ulong[] expected = [.. Enumerable.Range(0, 24).Where(block => (((before ^ written) >> block) & 1) != 0).Select(block => (ulong)block)];
                InvalidationScope[] parts = [.. outcome.Parts ?? (outcome.Scope is { } scope ? [scope] : [])];
                if (outcome.Parts is not null || parts.Length == 0)
                {
                    Assert.Equal(expected, BlocksOf(parts, MpcBench.Base));
                    Assert.Equal(expected, BlocksOf(parts, MpcBench.Alias));
                }

                var documented = new DocumentedScope();
                foreach (ulong block in expected)
                {
                    documented.Allow(MpcBench.Base + (block << 12), MpcBench.Base + ((block + 1) << 12), 3, AccessKinds.All)
                        .Allow(MpcBench.Alias + (block << 12), MpcBench.Alias + ((block + 1) << 12), 3, AccessKinds.All);
                }

                documented.Contains(outcome);
                before = written;
            }
        },
        iter: Iterations);

    [Fact]
    public void Tzc400_writes_stay_within_the_region_the_identities_and_the_kinds_that_they_name() => Gen.ULong.Array[5, 60].Sample(
        seeds =>
        {
            using var d = new Tzc400Bench();
            foreach (ulong seed in seeds)
            {
                int region = (int)(seed % 4);
                ulong value = seed >> 16;
                ulong offset = (seed >> 4 & 15) switch
                {
                    < 4 => Tzc400Bench.Region(region, 0x0),
                    < 8 => Tzc400Bench.Region(region, 0x8),
                    < 10 => Tzc400Bench.Region(region, 0x10),
                    < 13 => Tzc400Bench.Region(region, 0x14),
                    13 => Tzc400Bench.GateKeeper,
                    14 => Tzc400Bench.Reaction,
                    _ => Tzc400Bench.Speculation,
                };
                value = (offset & 0x1F) is 0 or 8 && offset >= 0x100 ? value % 9 << 12 : value & (value >> 9) & uint.MaxValue;
                TzcRegion before = RegionOf(d, region);
                ulong gates = d.Get(Tzc400Bench.GateKeeper);
                RegisterOutcome outcome = d.Access(AccessKind.Store, offset, 4, value);
                var documented = new DocumentedScope();
                if (offset >= 0x100)
                {
                    AllowTzc(documented, region, before, RegionOf(d, region), offset);
                }
                else if (offset == Tzc400Bench.GateKeeper && gates != d.Get(Tzc400Bench.GateKeeper))
                {
                    documented.AllowEverywhere(Everybody);
                }

                documented.Contains(outcome);
            }
        },
        iter: Iterations);

    [Fact]
    public void Iopmp_writes_stay_within_section_12_3() => Gen.Select(Gen.Int[0, 4], Gen.ULong.Array[5, 50]).Sample(
        (model, seeds) =>
        {
            using var d = new IopmpBench(new[] { "FULL sps stall", "FULL np=3 npprog xinr stall", "ISO stall", "S2M1 stall", "DYN sps" }[model]);
            d.Program("ON");
            foreach (ulong seed in seeds)
            {
                WriteIopmp(d, seed);
            }
        },
        iter: Iterations);

    [Fact]
    public void World_guard_writes_invalidate_no_further_than_somebodys_answer_changed() => Gen.ULong.Array[5, 40].Sample(
        seeds =>
        {
            using var d = new WorldGuardBench(
                new WorldGuardCheckerOptions("D", 7, 5, WorldGuardConfiguration.Virt) { Range = (0x8000_0000, 0x8000_0000) }, WorldGuardBench.Dram, 0x2_0000);
            var before = new WorldGuardOracle(d, 5, false);
            foreach (ulong seed in seeds)
            {
                ulong at = 0x20 + (0x20 * (seed % 6));
                ulong value = seed >> 16;
                RegisterOutcome outcome = (seed >> 4 & 3) switch
                {
                    0 => d.Access(AccessKind.Store, at, 8, 0x2000_0000 + (value % 0x20 << 10) + (value >> 20 & 0x7FF)),
                    1 => d.Access(AccessKind.Store, at + 8, 8, value),
                    2 => d.Access(AccessKind.Store, at + 16, 4, value & 0xF03),
                    _ => d.Access(AccessKind.Store, 0x10 + (value & 8), 8, value & 0xFFFF),
                };
                var after = new WorldGuardOracle(d, 5, false);
                foreach (InvalidationScope part in outcome.Parts ?? (outcome.Scope is { } scope ? [scope] : []))
                {
                    Assert.True((seed >> 4 & 3) != 3);
                    Assert.All([part.First, part.Last], end => Assert.Contains(
                        Enumerable.Range(0, 10),
                        way => before.Judge(end, way >> 1, (way & 1) != 0) != after.Judge(end, way >> 1, (way & 1) != 0)));
                }

                before = after;
            }
        },
        iter: Iterations);

    private static List<ulong> BlocksOf(InvalidationScope[] parts, ulong port)
    {
        var blocks = new List<ulong>();
        foreach (InvalidationScope part in parts.Where(part => part.First >= port && part.First < port + (24 << 12)))
        {
            for (ulong at = part.First; at <= part.Last; at += 4096)
            {
                blocks.Add((at - port) >> 12);
            }
        }

        blocks.Sort();
        return blocks;
    }

    private static void AllowTzc(DocumentedScope documented, int region, TzcRegion before, TzcRegion after, ulong offset)
    {
        ulong changed = before.Attributes ^ after.Attributes;
        ulong ids = before.Access ^ after.Access;
        ulong reading = ((ids & 0xFFFF) << 1) | ((changed >> 30) & 1);
        ulong writing = (ids >> 16 << 1) | (changed >> 31);
        ulong indexes = (offset & 0x1F) is 0 or 8 || (changed & 0xF) != 0 ? Everybody : reading | writing;
        AccessKinds kinds = indexes == Everybody && reading == 0 && writing == 0 ? AccessKinds.All
            : (changed & 0xF) != 0 ? AccessKinds.All
            : (reading != 0 ? AccessKinds.Reads : AccessKinds.None) | (writing != 0 ? AccessKinds.Store : AccessKinds.None);
        if (region == 0)
        {
            documented.AllowEverywhere(indexes, kinds);
            return;
        }

        if (((before.Attributes | after.Attributes) & 0xF) != 0)
        {
            documented.Allow(before.First, (UInt128)before.Last + 1, indexes, kinds).Allow(after.First, (UInt128)after.Last + 1, indexes, kinds);
        }
    }

    private static TzcRegion RegionOf(Tzc400Bench d, int region)
    {
        ulong Word(ulong register) => d.Get(Tzc400Bench.Region(region, register));
        return new TzcRegion(Word(0) | (Word(4) << 32), Word(8) | (Word(12) << 32), Word(16), Word(20));
    }

    private static void WriteIopmp(IopmpBench d, ulong seed)
    {
        IopmpOptions options = d.Checker.Options;
        int entry = (int)((seed >> 8) % 8);
        ulong value = seed >> 20;
        (ulong offset, ulong written) = (seed & 15) switch
        {
            < 4 => (0x2000 + (16 * (ulong)entry), (IopmpBench.Ram >> 2) + (value % 0x40 * 0x40) + (value >> 8 & 0x1F)),
            < 7 => (0x2008 + (16 * (ulong)entry), value & 0x1F),
            7 => (0x10UL, value & 7),
            8 => (0x800 + (4 * (value % 4)), (value >> 4) % 8),
            9 => (0x30UL, value & 0x1F),
            10 => (0x60UL, value & 6),
            11 => (0x64UL, value & 1),
            12 => (0x48UL, 0UL),
            _ => (0x1000UL + (32 * (value % 8)) + ((value >> 8) % 4 * 8), (value >> 16) & 0x1E),
        };
        bool[] stalledBefore = StalledBy(d);
        var before = new IopmpOracle(d, new bool[options.RequesterCount]);
        ulong word = d.Get(offset);
        RegisterOutcome outcome = d.Write(offset, written);
        var after = new IopmpOracle(d, new bool[options.RequesterCount]);
        ulong toggled = word ^ d.Get(offset);
        DocumentedFor(d, offset, toggled, before, after, stalledBefore).Contains(outcome);
    }

    private static DocumentedScope DocumentedFor(IopmpBench d, ulong offset, ulong toggled, IopmpOracle before, IopmpOracle after, bool[] stalledBefore)
    {
        IopmpOptions options = d.Checker.Options;
        var documented = new DocumentedScope();
        int[] entries = [.. Enumerable.Range(0, options.EntryCount)];
        ulong Holders(Func<int, bool> domain) => Enumerable.Range(0, options.RequesterCount)
            .Where(rrid => Enumerable.Range(0, options.DomainCount).Any(each => domain(each) && (before.Holds(rrid, each) || after.Holds(rrid, each))))
            .Aggregate(0UL, (all, rrid) => all | (1UL << rrid));
        void AllowEntries(IEnumerable<int> which, ulong indexes, AccessKinds kinds)
        {
            foreach (int at in which)
            {
                documented.Allow(before.Entries[at].Low, before.Entries[at].High, indexes, kinds)
                    .Allow(after.Entries[at].Low, after.Entries[at].High, indexes, kinds);
            }
        }

        switch (offset)
        {
            case 0x10:
                AllowEntries(entries, Holders(_ => true), AccessKinds.All);
                break;
            case 0x30:
                bool[] stalled = StalledBy(d);
                documented.AllowEverywhere(stalled.Select((now, rrid) => now != stalledBefore[rrid] ? 1UL << rrid : 0).Aggregate(0UL, (all, bit) => all | bit));
                break;
            case >= 0x800 and < 0x900:
                int[] moved = [.. entries.Where(at => before.Entries[at].Domain != after.Entries[at].Domain)];
                AllowEntries(moved, Holders(domain => moved.Any(at => before.Entries[at].Domain == domain || after.Entries[at].Domain == domain)), AccessKinds.All);
                break;
            case >= 0x1000 and < 0x2000 when options.SourceFormat == 0:
                AccessKinds kinds = (offset & 0x1F) switch
                {
                    0x08 => options.FetchIsRead ? AccessKinds.Reads : AccessKinds.Load,
                    0x10 => AccessKinds.Store,
                    0x18 => AccessKinds.Fetch,
                    _ => AccessKinds.All,
                };
                AllowEntries(
                    entries.Where(at => after.Entries[at].Domain >= 0 && ((toggled >> (after.Entries[at].Domain + 1)) & 1) != 0),
                    1UL << (int)((offset - 0x1000) / 32), kinds);
                break;
            case >= 0x1000 and < 0x2000 when options.SourceFormat == 2:
                ulong reads = Enumerable.Range(0, 8).Where(rrid => ((toggled >> (2 * rrid)) & 1) != 0).Aggregate(0UL, (all, rrid) => all | (1UL << rrid));
                ulong writes = Enumerable.Range(0, 8).Where(rrid => ((toggled >> ((2 * rrid) + 1)) & 1) != 0).Aggregate(0UL, (all, rrid) => all | (1UL << rrid));
                int[] own = [.. entries.Where(at => after.Entries[at].Domain == (int)((offset - 0x1000) / 32))];
                AllowEntries(reads != 0 ? own : [], reads, AccessKinds.Reads);
                AllowEntries(writes != 0 ? own : [], writes, AccessKinds.Store);
                break;
            case >= 0x2000:
                int entry = (int)((offset - 0x2000) / 16);
                bool isAddress = offset % 16 == 0;
                int[] concerned = [.. entries.Where(at => at == entry || (isAddress && at == entry + 1 && (after.Entries[at].Configuration >> 3 & 3) == 1))];
                AllowEntries(concerned, Holders(domain => concerned.Any(at => after.Entries[at].Domain == domain)), AccessKinds.All);
                break;
        }

        return documented;
    }

    /// <summary>The stall set, as it shows in what becomes of accesses.</summary>
    private static bool[] StalledBy(IopmpBench d) =>
        [.. Enumerable.Range(0, d.Checker.Options.RequesterCount).Select(rrid => d.Checker.Options.Stall && d.Port.Translate(IopmpBench.Ram, AccessKind.Load, rrid).Target == d.Port.Waiting)];

    private readonly record struct TzcRegion(ulong First, ulong Last, ulong Attributes, ulong Access);
}
