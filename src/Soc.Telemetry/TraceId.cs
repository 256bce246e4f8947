using System.Globalization;

namespace Soc.Telemetry;

/// <summary>
/// 128 bits that name a trace, and the derivation of all ids: a chain of SplitMix64 finalizers over seed, sort, source, correlation and ordinal. The
/// same run gets the same ids; different seeds get different ones.
/// </summary>
internal readonly record struct TraceId(ulong High, ulong Low)
{
    /// <summary>The trace of a sort ("run", "change", "translation"), source and correlation in the run of a seed.</summary>
    public static TraceId Of(ulong seed, TraceSort sort, int source, ulong correlation)
    {
        ulong high = Mix(Mix(Mix(Mix(0, seed), (ulong)sort), (ulong)source), correlation);
        return new TraceId(high, NotZero(Mix(high, 1)));
    }

    /// <summary>The id of a span in this trace.</summary>
    /// <param name="source">Agent of the event, -1 for the run.</param>
    /// <param name="ordinal">Tells the source's spans in this trace apart.</param>
    public ulong Span(int source, ulong ordinal) => NotZero(Mix(Mix(Low, (ulong)source), ordinal));

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() =>
        High.ToString("x16", CultureInfo.InvariantCulture) + Low.ToString("x16", CultureInfo.InvariantCulture);

    private static ulong NotZero(ulong id) => id == 0 ? 1 : id;

    private static ulong Mix(ulong state, ulong value)
    {
        ulong z = (state ^ value) + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
