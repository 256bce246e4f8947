using CsCheck;
using Soc.Actors.Agents;
using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Topology;

namespace Soc.Actors.Tests.Pure;

public class EventOrderTests
{
    private static readonly Gen<Envelope> s_envelopes =
        Gen.Select(Gen.ULong[0, 5], Gen.Int[0, 4], Gen.Long[0, 4], Gen.Int[0, 4], (at, from, sequence, to) =>
            new Envelope(at, from, sequence, to, at, new TimerDeadline(0, 0)));

    [Fact]
    public void P22_the_order_is_total_and_says_the_same_each_time() => Gen.Select(Gen.ULong, s_envelopes, s_envelopes, s_envelopes).Sample((seed, a, b, c) =>
    {
        var order = new EventOrder(seed);
        bool same = (a.DeliverAt, a.From, a.Sequence) == (b.DeliverAt, b.From, b.Sequence);
        bool total = Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a)) && (order.Compare(a, b) == 0) == same;
        bool transitive = order.Compare(a, b) > 0 || order.Compare(b, c) > 0 || order.Compare(a, c) <= 0;
        return total && transitive && order.Compare(a, b) == new EventOrder(seed).Compare(a, b);
    });

    [Fact]
    public void A_seed_never_reorders_times_or_what_one_source_said() => Gen.Select(Gen.ULong, s_envelopes, s_envelopes).Sample((seed, a, b) =>
    {
        int order = new EventOrder(seed).Compare(a, b);
        return a.DeliverAt != b.DeliverAt ? order == a.DeliverAt.CompareTo(b.DeliverAt)
            : a.From != b.From || Math.Sign(order) == a.Sequence.CompareTo(b.Sequence);
    });

    [Fact]
    public void Seed_0_takes_sources_by_number_and_other_seeds_permute_them_anew_each_round()
    {
        List<int> Round(ulong seed, ulong round)
        {
            List<int> initiators = [3, 1, 0, 2];
            new EventOrder(seed).SortRound(initiators, round, 0);
            return initiators;
        }

        Assert.All(Enumerable.Range(0, 20), round => Assert.Equal([0, 1, 2, 3], Round(0, (ulong)round)));
        HashSet<string> seen = [.. Enumerable.Range(0, 2000).Select(round => string.Join(' ', Round(1, (ulong)round)))];
        Assert.Equal(24, seen.Count);
        Assert.Equal(Round(1, 17), Round(1, 17));
    }

    [Fact]
    public void Latency_stays_in_its_range_and_uses_all_of_it()
    {
        Assert.Equal(40UL, new EventOrder(0).Latency(40, 60, 1, 2, 0));
        Assert.Equal(40UL, new EventOrder(9).Latency(40, 40, 1, 2, 0));
        HashSet<ulong> seen = [.. Enumerable.Range(0, 1000).Select(sequence => new EventOrder(9).Latency(40, 60, 1, sequence, 0))];
        Assert.Equal(Enumerable.Range(40, 21).Select(value => (ulong)value), seen.Order());
    }

    [Fact]
    public void Beyond_its_horizon_a_seed_decides_nothing()
    {
        var order = new EventOrder(9, seedHorizon: 1000);
        bool permuted = false;
        for (ulong round = 0; round < 100; round++)
        {
            List<int> before = [0, 1, 2, 3];
            List<int> after = [0, 1, 2, 3];
            order.SortRound(before, round, 999);
            order.SortRound(after, round, 1000);
            permuted |= !before.SequenceEqual([0, 1, 2, 3]);
            Assert.Equal([0, 1, 2, 3], after);
            Assert.Equal(40UL, order.Latency(40, 60, 1, (long)round, 1000));
            Assert.Equal(new EventOrder(9).Latency(40, 60, 1, (long)round, 999), order.Latency(40, 60, 1, (long)round, 999));
        }

        Assert.True(permuted);
    }

    [Fact]
    public void A_coin_is_tossed_as_likely_as_it_says_and_the_same_again()
    {
        var order = new EventOrder(3);
        Assert.InRange(Enumerable.Range(0, 10_000).Count(count => order.Toss(0, 1, (ulong)count, 0.25)), 2_300, 2_700);
        Assert.All(Enumerable.Range(0, 100), count => Assert.Equal(order.Toss(2, 1, (ulong)count, 0.5), new EventOrder(3).Toss(2, 1, (ulong)count, 0.5)));
    }

    [Fact]
    public void M10_no_message_overtakes_another_between_the_same_two_agents() =>
        Gen.Select(Gen.ULong, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.ULong[0, 30]).Array[1, 60]).Sample((seed, sends) =>
        {
            var order = new EventOrder(seed);
            var fabric = new LockstepFabric(3, order, new LatencyRange(5, 50));
            ulong now = 0;
            for (int i = 0; i < sends.Length; i++)
            {
                now += sends[i].Item3;
                fabric.Send(sends[i].Item1, sends[i].Item2, now, new TimerDeadline((ulong)i, 0));
            }

            Envelope[] sent = [.. Enumerable.Range(0, 3).SelectMany(fabric.OutboxOf)];
            Array.Sort(sent, order);
            return sent.GroupBy(envelope => (envelope.From, envelope.To)).All(pair =>
                pair.Select(envelope => ((TimerDeadline)envelope.Message).FireAt).SequenceEqual(
                    pair.Select(envelope => ((TimerDeadline)envelope.Message).FireAt).Order()) &&
                pair.All(envelope => envelope.DeliverAt >= envelope.SentAt + 5));
        });

    [Fact]
    public void Cycles_and_nanoseconds_convert_back_and_forth() =>
        Gen.Select(Gen.ULong[0, 1UL << 50], Gen.ULong[1, 5_000_000_000]).Sample((nanoseconds, frequency) =>
        {
            ulong cycle = ClockDomain.CycleAt(nanoseconds, frequency);

            // The first cycle at or after the time: not one earlier.
            return ClockDomain.TimeOf(cycle, frequency) >= nanoseconds &&
                (cycle == 0 || ClockDomain.TimeOf(cycle - 1, frequency) < nanoseconds) &&
                ClockDomain.CycleAt(ClockDomain.TimeOf(cycle, frequency), frequency) <= cycle;
        });

    [Fact]
    public void Cycles_beyond_the_end_of_time_saturate() => Assert.Equal(ulong.MaxValue, ClockDomain.CycleAt(ulong.MaxValue, 2_000_000_000));
}
