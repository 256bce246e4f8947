using Soc.Memory.Observation;

namespace Soc.Telemetry.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Buckets_tile_the_whole_range()
    {
        ulong next = 0;
        int bucket = 0;
        for (; LatencyHistogram.BucketOf(ulong.MaxValue) > bucket; bucket++)
        {
            Assert.Equal(next, LatencyHistogram.LowestOf(bucket));
            Assert.Equal(bucket, LatencyHistogram.BucketOf(next));
            next += LatencyHistogram.WidthOf(bucket);
            Assert.Equal(bucket, LatencyHistogram.BucketOf(next - 1));
        }

        Assert.Equal(ulong.MaxValue, next + (LatencyHistogram.WidthOf(bucket) - 1));
    }

    [Fact]
    public void Small_values_have_exact_percentiles()
    {
        var histogram = new LatencyHistogram();
        foreach (ulong value in (ulong[])[15, 3, 3, 9, 1])
        {
            histogram.Add(value);
        }

        Assert.Equal((5L, 31UL, 1UL, 15UL), (histogram.Count, histogram.Sum, histogram.Minimum, histogram.Maximum));
        Assert.Equal([1UL, 3UL, 3UL, 9UL, 15UL], ((double[])[0, 40, 50, 80, 100]).Select(histogram.Percentile));
    }

    [Fact]
    public void Large_percentiles_are_off_by_an_eighth_at_most_and_the_maximum_by_nothing()
    {
        var histogram = new LatencyHistogram();
        var random = new Random(7);
        ulong[] values = [.. Enumerable.Range(0, 5000).Select(_ => (ulong)Math.Exp(random.NextDouble() * 30))];
        foreach (ulong value in values)
        {
            histogram.Add(value);
        }

        Array.Sort(values);
        foreach (double percent in (double[])[1, 10, 50, 90, 99, 99.9])
        {
            ulong exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.Percentile(percent), exact - exact / 8, exact + exact / 8);
        }

        Assert.Equal(values[^1], histogram.Maximum);
        Assert.Equal(values[^1], histogram.Percentile(100));
        Assert.Equal(values[0], histogram.Percentile(0));
    }

    [Fact]
    public void Merging_equals_adding_in_any_order()
    {
        var left = new LatencyHistogram();
        var right = new LatencyHistogram();
        var both = new LatencyHistogram();
        for (ulong i = 0; i < 500; i++)
        {
            (i % 3 == 0 ? left : right).Add(i * i);
            both.Add((499 - i) * (499 - i));
        }

        left.Add(right);
        Assert.Equal((both.Count, both.Sum, both.Minimum, both.Maximum), (left.Count, left.Sum, left.Minimum, left.Maximum));
        Assert.Equal(both.Percentile(50), left.Percentile(50));
        Assert.Equal(both.Percentile(99), left.Percentile(99));
    }

    [Fact]
    public void An_empty_or_cleared_one_tells_zero()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0UL, 0UL, 0UL), (histogram.Percentile(50), histogram.Minimum, histogram.Maximum));
        histogram.Add(77, times: 3);
        histogram.Clear();
        Assert.Equal((0L, 0UL, 0UL), (histogram.Count, histogram.Percentile(99), histogram.Maximum));
        histogram.Add(5);
        Assert.Equal((5UL, 5UL), (histogram.Minimum, histogram.Percentile(50)));
    }

    [Fact]
    public void A_percentile_outside_0_to_100_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Percentile(double.NaN));
}
