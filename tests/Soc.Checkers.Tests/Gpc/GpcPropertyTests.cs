using CsCheck;
using Soc.Checkers.Gpc;
using Soc.Memory;
using Soc.Tlb;
using static Soc.Checkers.Tests.Gpc.GpcBench;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>Random tables, registers and invalidations (case G63).</summary>
public sealed class GpcPropertyTests
{
    private static readonly int[] LevelZeroSizes = [30, 34, 36, 39];
    private static readonly ulong[] Nibbles = [0, 8, 9, 10, 11, 15, 9, 11, 13, 4, 5, 2];

    private static long Iterations => Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1" ? 5000 : 60;

    [Fact]
    public void G63_every_verdict_equals_a_transcription_of_the_algorithm() => Gen.Select(Gen.ULong, Gen.Int[0, 3], Gen.Bool).Sample(
        (seed, sizeChoice, secureEl2) =>
        {
            var random = new Random((int)seed);
            using var d = new GpcBench(new GpcOptions("gpc", Agent, 1) { LevelZeroBits = LevelZeroSizes[sizeChoice], HasSecureEl2 = secureEl2 }, enable: false);
            for (int registers = 0; registers < 4; registers++)
            {
                ulong control = RandomControl(random);
                ulong table = (ulong)random.NextInt64(1L << 34) & ~0xFFFUL;
                d.Enable(control, table);
                for (int at = 0; at < 100; at++)
                {
                    ulong address = RandomAddress(random);
                    SecuritySpace space = Spaces[random.Next(4)];
                    SecuritySpace state = Spaces[random.Next(4)];
                    Fill(d, random, address, In(space, state));
                    var oracle = new GpcOracle(
                        (control & 0x1_0000) != 0, d.Get(TableControl), table, 48, LevelZeroSizes[sizeChoice], secureEl2, fetched => d.Tables.Failing.Contains(fetched) ? null : d.Tables[fetched]);
                    int expected = oracle.Check(address, space, state);
                    GpcVerdict verdict = d.Ports[0].Check(address, In(space, state));
                    Assert.Equal(expected, verdict.Passes ? Pass : verdict.StatusCode);
                    if (verdict.Passes)
                    {
                        Assert.True(verdict.First <= (address & ~0xFFFUL) && verdict.Last >= (address | 0xFFF));
                        Assert.Equal(Pass, oracle.Check(address ^ (1UL << random.Next(12)), space, state));
                    }
                }
            }
        },
        iter: Iterations);

    [Fact]
    public void G63_no_access_passes_that_neither_the_tables_nor_an_uninvalidated_past_allow() => Gen.ULong.Array[50, 250].Sample(
        steps =>
        {
            using var d = new GpcBench();
            using var harts = new GpcHarts(d);
            d.Tables[LevelZero + 0x10] = LevelOne | 3;

            // By hart, page and space: what has been allowed at some moment since the page was last invalidated.
            var allowed = new HashSet<(int Hart, ulong Page, SecuritySpace Space)>();
            foreach (ulong step in steps)
            {
                int hart = (int)(step >> 4) & 1;
                ulong page = (step >> 8) & 0x3F;
                ulong address = 0x8120_0000 + (page << 12);
                switch (step & 7)
                {
                    case 0 or 1:
                        ulong word = LevelOne + (8 * (0x120 + (page >> 4)));
                        ulong shift = 4 * (page & 15);
                        d.Tables[word] = (step & 8) != 0 && (step & 0x300_0000) == 0
                            ? 0x101 | (Nibbles[step >> 16 & 7] << 4)
                            : (d.Tables[word] & ~(0xFUL << (int)shift)) | (Nibbles[(step >> 16) % 6] << (int)shift);
                        break;
                    case 2:
                        var operation = (GpcOperation)((step >> 16) & 3);
                        int size = (int)((step >> 20) % 3);
                        InvalidationScope? scope = Drop(d, harts, operation, address, size, hart);
                        Assert.Equal(Documented(operation, address, size), scope);
                        if (scope is { } dropped)
                        {
                            allowed.RemoveWhere(each => (operation != GpcOperation.AllLocal || each.Hart == hart) &&
                                each.Page + 0xFFF >= dropped.First && each.Page <= dropped.Last);
                        }

                        break;
                    default:
                        SecuritySpace space = Spaces[(step >> 16) & 3];
                        bool now = d.Ports[hart].Check(address, In(space)).Passes;
                        if (now)
                        {
                            allowed.Add((hart, address, space));
                        }

                        bool passed = harts.Loads(space, address, hart);
                        Assert.True(passed ? now || allowed.Contains((hart, address, space)) : !now);
                        break;
                }
            }

            // After an invalidation of everything, each access is what the tables say.
            Drop(d, harts, GpcOperation.All, 0, 0, 0);
            for (ulong page = 0; page < 64; page++)
            {
                ulong address = 0x8120_0000 + (page << 12);
                Assert.All(Spaces, space => Assert.All([0, 1], hart =>
                    Assert.Equal(d.Ports[hart].Check(address, In(space)).Passes, harts.Loads(space, address, hart))));
            }
        },
        iter: Iterations);

    /// <summary>One random word where the level-0 entry of an address is, another everywhere else; sometimes a bus error.</summary>
    private static void Fill(GpcBench d, Random random, ulong address, TransactionAttributes attributes)
    {
        d.Tables.Failing.Clear();
        d.Tables.Fetches.Clear();
        d.Tables.Filling = RandomEntry(random);
        d.Ports[0].Check(address, attributes);
        foreach (ulong fetched in d.Tables.Fetches.Take(1).ToArray())
        {
            d.Tables[fetched] = random.Next(3) == 0 ? RandomEntry(random) : ((ulong)random.NextInt64(16) << 26) | 3;
        }

        d.Tables.Fetches.Clear();
        d.Ports[0].Check(address, attributes);
        foreach (ulong fetched in d.Tables.Fetches.Where(_ => random.Next(20) == 0))
        {
            d.Tables.Failing.Add(fetched);
        }

        d.Tables.Fetches.Clear();
    }

    private static InvalidationScope? Drop(GpcBench d, GpcHarts harts, GpcOperation operation, ulong address, int size, int hart)
    {
        RegisterOutcome outcome = d.Invalidate(operation, address, size, hart);
        harts.Serve(outcome);
        return outcome.Scope;
    }

    private static InvalidationScope? Documented(GpcOperation operation, ulong address, int size)
    {
        if (operation is GpcOperation.All or GpcOperation.AllLocal)
        {
            return new InvalidationScope(0, ulong.MaxValue, 0x1F, AccessKinds.All);
        }

        ulong bytes = 0x1000UL << (2 * size);
        return address % bytes != 0 ? null : new InvalidationScope(address, address + bytes - 1, 0x1F, AccessKinds.All);
    }

    private static ulong RandomControl(Random random)
    {
        ulong control = random.Next(4) == 0 ? (ulong)random.NextInt64() : Control | (ulong)random.Next(6) | ((ulong)random.Next(3) << 14);
        foreach (int bit in new[] { 5, 6, 7, 19, 24, 25, 26 })
        {
            control = random.Next(3) == 0 ? control ^ (1UL << bit) : control;
        }

        return random.Next(8) == 0 ? control & ~0x1_0000UL : control | 0x1_0000;
    }

    private static ulong RandomAddress(Random random) => (ulong)random.NextInt64() >> random.Next(1, 40);

    private static ulong RandomEntry(Random random) => random.Next(6) switch
    {
        0 => (Nibbles[random.Next(Nibbles.Length)] << 4) | 1,
        1 => ((ulong)random.Next(5) << 8) | (Nibbles[random.Next(Nibbles.Length)] << 4) | 1,
        2 => (((ulong)random.NextInt64(1L << 44) << 26) & (0x000F_FFFF_FFFF_F000UL >> random.Next(16))) | 3,
        3 => ((ulong)random.NextInt64(1L << 12) << 26) | 3,
        4 => (ulong)random.NextInt64() | 3,
        _ => (ulong)random.NextInt64() << random.Next(2),
    };
}
