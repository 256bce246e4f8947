using System.Numerics;
using System.Runtime.CompilerServices;

namespace Soc.Memory.Observation;

/// <summary>
/// Counts values in plain buckets: 8 to each power of two. Count, sum, smallest and largest are exact; a percentile is interpolated
/// inside its bucket, off by at most an eighth of its value, and exact below 16. Whole numbers only, so the same values give the same answers
/// in any order. Not for several threads at once.
/// </summary>
public sealed class LatencyHistogram
{
    // Values below 2^Log2Parts have a bucket each; above, the bucket is the exponent and the Log2Parts bits below the leading one.
    private const int Log2Parts = 3;
    private const int Parts = 1 << Log2Parts;

    // Grown on demand: most histograms of an idle agent stay empty.
    private long[] _counts = [];
    private ulong _minimum = ulong.MaxValue;

    /// <summary>Values added.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the values, modulo 2^64.</summary>
    public ulong Sum { get; private set; }

    /// <summary>Smallest value, exact; 0 when empty.</summary>
    public ulong Minimum => Count == 0 ? 0 : _minimum;

    /// <summary>Largest value, exact; 0 when empty.</summary>
    public ulong Maximum { get; private set; }

    /// <summary>Number of buckets in use or below one in use.</summary>
    public int BucketCount => _counts.Length;

    /// <summary>Adds one value.</summary>
    public void Add(ulong value) => Add(value, 1);

    /// <summary>Adds a value several times.</summary>
    /// <param name="value">The value.</param>
    /// <param name="times">How often; 0 does nothing.</param>
    public void Add(ulong value, long times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        if (times == 0)
        {
            return;
        }

        int bucket = BucketOf(value);
        if (bucket >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(bucket + 1, _counts.Length + 2 * Parts));
        }

        _counts[bucket] += times;
        Count += times;
        Sum += value * (ulong)times;
        _minimum = Math.Min(_minimum, value);
        Maximum = Math.Max(Maximum, value);
    }

    /// <summary>Adds all values of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._counts.Length > _counts.Length)
        {
            Array.Resize(ref _counts, other._counts.Length);
        }

        for (int bucket = 0; bucket < other._counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
        Sum += other.Sum;
        _minimum = Math.Min(_minimum, other._minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Sum = 0;
        _minimum = ulong.MaxValue;
        Maximum = 0;
    }

    /// <summary>
    /// The value at a rank: the smallest v such that at least this share of the values is not above it (nearest rank). Inside a bucket the values are
    /// taken as evenly spread; the answer never leaves the exact minimum and maximum.
    /// </summary>
    /// <param name="percent">0 (the minimum) to 100 (the maximum).</param>
    /// <returns>The value, 0 when empty.</returns>
    public ulong Percentile(double percent)
    {
        if (!(percent is >= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "A percentile is between 0 and 100.");
        }

        if (Count == 0)
        {
            return 0;
        }

        long rank = Math.Clamp((long)Math.Ceiling(percent / 100 * Count), 1, Count);
        if (rank == Count)
        {
            return Maximum;
        }

        long before = 0;
        int bucket = 0;
        for (; before + _counts[bucket] < rank; bucket++)
        {
            before += _counts[bucket];
        }

        // The k-th of n values in a bucket of w values stands at (k - 1/2) / n of its width, in whole numbers.
        ulong width = WidthOf(bucket);
        var into = (ulong)((UInt128)width * (ulong)(2 * (rank - before) - 1) / (ulong)(2 * _counts[bucket]));
        return Math.Clamp(LowestOf(bucket) + into, Minimum, Maximum);
    }

    /// <summary>Values in one bucket.</summary>
    /// <param name="bucket">0 to <see cref="BucketCount"/> - 1.</param>
    public long CountOf(int bucket) => _counts[bucket];

    /// <summary>The bucket of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BucketOf(ulong value)
    {
        if (value < Parts)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2(value);
        return ((exponent - Log2Parts + 1) << Log2Parts) + (int)(value >> (exponent - Log2Parts)) - Parts;
    }

    /// <summary>Smallest value of a bucket.</summary>
    public static ulong LowestOf(int bucket) =>
        bucket < Parts ? (ulong)bucket : (ulong)(Parts + (bucket & (Parts - 1))) << ((bucket >> Log2Parts) - 1);

    /// <summary>Number of different values that fall in a bucket.</summary>
    public static ulong WidthOf(int bucket) => bucket < Parts ? 1 : 1UL << ((bucket >> Log2Parts) - 1);
}
