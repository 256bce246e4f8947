using System.Globalization;
using Soc.Memory;
using Soc.Memory.Tests.Support;
using Soc.Tlb.Tests.Support;

namespace Soc.Tlb.Tests;

/// <summary>ST1: every row of the golden cost vectors (softtlb.md section 4.8), exactly.</summary>
public sealed class CostVectorTests
{
    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["P1"] = Repeat("R", 1000),
        ["P2"] = Repeat("W", 1000),
        ["P3"] = Repeat("RW", 500),
        ["P4"] = Repeat("RRRRRRRRRW", 100),
        ["P5"] = "X" + Repeat("R", 999),
        ["P6"] = "XRW" + Repeat("R", 997),
        ["P7"] = Repeat("RRRRRRRRRI", 100),
        ["P8"] = Repeat("RWRWRWRWRI", 100),
    };

    private static readonly string[][] Rows =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "softtlb-cost-vectors.csv")).Skip(1).Select(line => line.Split(','))];

    public static TheoryData<string, string, int> Groups()
    {
        var groups = new TheoryData<string, string, int>();
        foreach ((string leaf, string checker, int depth) in Rows.Select(row => (row[0], row[1], int.Parse(row[2], CultureInfo.InvariantCulture))).Distinct())
        {
            groups.Add(leaf, checker, depth);
        }

        return groups;
    }

    [Fact]
    public void ST1_the_vectors_are_complete() => Assert.Equal(1344, Rows.Length);

    [Theory]
    [MemberData(nameof(Groups))]
    public void ST1_golden_vectors(string leaf, string checker, int depth)
    {
        List<string> mismatches = [];
        foreach (string[] row in Rows.Where(row => row[0] == leaf && row[1] == checker && int.Parse(row[2], CultureInfo.InvariantCulture) == depth))
        {
            string expected = string.Join(',', row[6..]);
            string actual = Run(leaf, checker, depth, Patterns[row[3]], row[5]);
            if (expected != actual)
            {
                mismatches.Add($"{row[3]} {row[5]}: expected {expected}, got {actual}");
            }
        }

        Assert.True(mismatches.Count == 0, string.Join(Environment.NewLine, mismatches));
    }

    private static string Run(string leaf, string checker, int depth, string pattern, string strategy)
    {
        AccessKinds allowed = checker switch
        {
            "allow" => AccessKinds.All,
            "RO" => AccessKinds.Reads,
            "WO" => AccessKinds.Store,
            _ => AccessKinds.None,
        };
        var configuration = new TlbConfiguration
        {
            Strategy = strategy switch
            {
                "A" => TlbStrategy.Eager,
                "B" => TlbStrategy.PingPong,
                "C1" => TlbStrategy.DeferredSingleSlot,
                "D" => TlbStrategy.AllMmio,
                "E" => TlbStrategy.EagerSinks,
                _ => TlbStrategy.Deferred,
            },
            Invalidation = strategy == "C3r" ? InvalidationGranularity.Rearm : InvalidationGranularity.FlushAll,
        };
        using var machine = new Machine(depth, configuration: configuration);
        machine.Checkers[^1].Allow(allowed);
        ulong address = leaf == "ram" ? 0x3000UL : Machine.DeviceBase + 0x3000;
        machine.Poke(0x3000, 0x1234);
        var oracle = new Oracle(machine);
        int accesses = 0;
        int wrong = 0;
        foreach (char operation in pattern)
        {
            if (operation == 'I')
            {
                machine.Invalidate(machine.Checkers[^1], InvalidationScope.Everything);
                continue;
            }

            accesses++;
            AccessKind kind = operation switch { 'R' => AccessKind.Load, 'W' => AccessKind.Store, _ => AccessKind.Fetch };
            wrong += oracle.Agrees(machine.Tlb, 0, kind, address, 8, 0x5678, paged: false) ? 0 : 1;
        }

        TlbStatistics counters = machine.Counters;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{counters.Walks},{counters.Translates},{counters.Slow},{(ulong)accesses - counters.Slow},{counters.Devices},{wrong}");
    }

    private static string Repeat(string pattern, int times) => string.Concat(Enumerable.Repeat(pattern, times));
}
