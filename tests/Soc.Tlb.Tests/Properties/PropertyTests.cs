using CsCheck;

namespace Soc.Tlb.Tests.Properties;

/// <summary>
/// Properties P1..P14, P18, P20..P22 of softtlb.md section 6.8 on random machines, against the uncached oracle. P15..P17 and P19 are
/// about several initiators at once and belong to the protocol.
/// </summary>
/// <remarks>
/// A few seconds by default. The long run, millions of operations over many seeds:
/// <c>SOC_LONG_TESTS=1 dotnet test tests/Soc.Tlb.Tests -c Release --filter FullyQualifiedName~PropertyTests</c>.
/// A failure prints the CsCheck seed and the shrunk scenario.
/// </remarks>
public sealed class PropertyTests
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1";

    private static readonly long Runs = Long ? 2_000 : 40;

    private static readonly TlbConfiguration Tiny = new() { Log2Entries = 2, VictimEntries = 2 };

    private static readonly TlbStrategy[] Faithful =
        [TlbStrategy.Deferred, TlbStrategy.DeferredSingleSlot, TlbStrategy.PingPong, TlbStrategy.AllMmio];

    private static Gen<Scenario> Scenarios(int granules = 4) => Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, granules - 1], Gen.Int[0, 15], Gen.UInt, Gen.UInt.Array[1, Long ? 300 : 120],
        (depth, granule, flags, seed, words) => new Scenario(depth, granule, flags, seed, words));

    [Theory]
    [InlineData(TlbStrategy.Deferred)]
    [InlineData(TlbStrategy.DeferredSingleSlot)]
    [InlineData(TlbStrategy.PingPong)]
    [InlineData(TlbStrategy.AllMmio)]
    public void P1_P3_to_P8_P18_P21_every_access_equals_the_oracle_and_every_entry_a_fresh_translation(TlbStrategy strategy) =>
        Check(Scenarios(), scenario => Digest(scenario, new Variant(Tiny with { Strategy = strategy })));

    [Fact]
    public void P2_all_faithful_strategies_leave_the_same_world() => Check(Scenarios(), scenario =>
    {
        ulong reference = Digest(scenario, new Variant(Tiny with { Strategy = TlbStrategy.AllMmio }) { CheckEntries = false });
        foreach (TlbStrategy strategy in Faithful)
        {
            Assert.Equal(reference, Digest(scenario, new Variant(Tiny with { Strategy = strategy }) { CheckEntries = false }));
        }
    });

    [Fact]
    public void P9_P22_counters_depend_on_the_sequence_not_on_data_and_repeat_exactly() => Check(Scenarios(), scenario =>
    {
        var variant = new Variant(Tiny with { Resizing = new TlbResizing(1, 4, 2, UnderPressure: true) }) { CheckEntries = false };
        TlbStatistics first = Counters(scenario, variant);
        Assert.Equal(first, Counters(scenario, variant));
        Assert.Equal(first, Counters(scenario, variant with { DataMask = 0x5555_5555_5555_5555 }));
    });

    [Fact]
    public void P10_the_strategies_cost_what_their_order_says() => Check(Scenarios(granules: 1), scenario =>
    {
        // Where pages fight for slots, the dearer strategy may by chance leave the luckier order of victims: without conflicts it never does.
        TlbConfiguration roomy = Tiny with { Log2Entries = 6 };
        TlbConfiguration flush = roomy with { Invalidation = InvalidationGranularity.FlushAll };
        TlbStatistics deferred = Counters(scenario, Plain(flush));
        TlbStatistics rearmed = Counters(scenario, Plain(roomy));
        TlbStatistics single = Counters(scenario, Plain(flush with { Strategy = TlbStrategy.DeferredSingleSlot }));
        TlbStatistics pingPong = Counters(scenario, Plain(flush with { Strategy = TlbStrategy.PingPong }));
        TlbStatistics all = Counters(scenario, Plain(flush with { Strategy = TlbStrategy.AllMmio }));
        Assert.True(deferred.Translates <= single.Translates, $"C3 {deferred.Translates} <= C1 {single.Translates}");
        Assert.True(single.Translates <= pingPong.Translates, $"C1 {single.Translates} <= B {pingPong.Translates}");
        Assert.True(pingPong.Translates <= all.Translates, $"B {pingPong.Translates} <= D {all.Translates}");
        Assert.True(rearmed.Walks <= deferred.Walks, $"C3r {rearmed.Walks} <= C3 {deferred.Walks}");
        Assert.Equal(deferred.Walks, single.Walks);
        Assert.True(single.Walks <= pingPong.Walks, $"C1 {single.Walks} <= B {pingPong.Walks}");
    });

    [Fact]
    public void P11_larger_flushes_change_nothing_but_counters() => SameAsPlainRun(
        variant => variant with { CoarseFlushes = true },
        variant => variant with { Configuration = variant.Configuration with { Invalidation = InvalidationGranularity.FlushPage } },
        variant => variant with { Configuration = variant.Configuration with { Invalidation = InvalidationGranularity.FlushAll } });

    [Fact]
    public void P12_spurious_flushes_and_re_arms_change_nothing() => SameAsPlainRun(variant => variant with { Spurious = true });

    [Fact]
    public void P13_probes_change_nothing() => SameAsPlainRun(variant => variant with { Probes = true });

    [Fact]
    public void P14_shapes_and_guarantees_change_nothing() => SameAsPlainRun(
        variant => variant with { Configuration = variant.Configuration with { Log2Entries = 1, VictimEntries = 0 } },
        variant => variant with { Configuration = variant.Configuration with { Log2Entries = 6, VictimEntries = 8 } },
        variant => variant with { Configuration = variant.Configuration with { Strict = true } },
        variant => variant with { Configuration = variant.Configuration with { Resizing = new TlbResizing(1, 6, 1) } },
        variant => variant with { Configuration = variant.Configuration with { Log2Entries = 1, Resizing = new TlbResizing(1, 6, 1, UnderPressure: true) } });

    [Fact]
    public void P14_second_addend_policies_agree_unless_strict_stops() => Check(Scenarios(), scenario =>
    {
        var variant = new Variant(Tiny) { CheckEntries = false };
        ulong degraded = Digest(scenario, variant);
        try
        {
            Assert.Equal(degraded, Digest(scenario, variant with { Configuration = Tiny with { SecondAddend = SecondAddendPolicy.Strict } }));
        }
        catch (SecondAddendException)
        {
            Assert.True(Counters(scenario, variant).SecondAddends > 0);
        }
    });

    [Fact]
    public void P20_checkers_that_allow_everything_cannot_be_seen() => Check(Scenarios(), scenario =>
    {
        foreach (TlbStrategy strategy in Enum.GetValues<TlbStrategy>())
        {
            var variant = new Variant(Tiny with { Strategy = strategy })
            {
                AllowAll = true,
                CheckEntries = false,

                // A device with two targets is beyond a translation without a kind.
                Plain = strategy is TlbStrategy.Eager or TlbStrategy.EagerSinks,
            };
            ulong behind = Digest(scenario with { Flags = scenario.Flags & ~4 }, variant);
            Assert.Equal(Digest(scenario, variant with { NoCheckers = true }), behind);
        }
    });

    private static void SameAsPlainRun(params Func<Variant, Variant>[] changes) => Check(Scenarios(), scenario =>
    {
        foreach (TlbStrategy strategy in Long ? Faithful : [Faithful[scenario.Seed % 4]])
        {
            var plain = new Variant(Tiny with { Strategy = strategy }) { CheckEntries = false };
            ulong reference = Digest(scenario, plain);
            foreach (Func<Variant, Variant> change in changes)
            {
                Assert.Equal(reference, Digest(scenario, change(plain)));
            }
        }
    });

    private static Variant Plain(TlbConfiguration configuration) => new(configuration) { Plain = true, CheckEntries = false };

    private static void Check(Gen<Scenario> scenarios, Action<Scenario> property) =>
        scenarios.Sample(property, iter: Runs, threads: Long ? -1 : 1, print: scenario => scenario.ToString());

    private static ulong Digest(Scenario scenario, Variant variant)
    {
        using var simulation = new Simulation(scenario, variant);
        return simulation.Run().Digest;
    }

    private static TlbStatistics Counters(Scenario scenario, Variant variant)
    {
        using var simulation = new Simulation(scenario, variant);
        return simulation.Run().Statistics;
    }
}
