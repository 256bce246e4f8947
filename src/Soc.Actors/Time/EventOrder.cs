using Soc.Actors.Messages;

namespace Soc.Actors.Time;

/// <summary>
/// The total order of events in lockstep, in this one file: (virtual time, source, sequence). Everything goes through it:
/// slices, messages, interrupts, completions. Host time, threads, hash order and addresses never decide anything.
/// </summary>
/// <remarks>
/// Seed 0 is the plain order. Other seeds permute what the model leaves open: which source comes first at equal times, which
/// initiator runs first in a round, and the latency of a message within the declared range of its link. A message never
/// overtakes another between the same two agents (rule M10), unless a fault is injected that says so.
/// </remarks>
/// <param name="seed">The seed.</param>
/// <param name="seedHorizon">Virtual time from which on the order is plain whatever the seed, ns.</param>
public sealed class EventOrder(ulong seed, ulong seedHorizon = ulong.MaxValue) : IComparer<Envelope>
{
    /// <summary>The seed.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>
    /// The seed decides only what is open before this virtual time, ns; afterwards the order is plain. A failing schedule is
    /// shrunk by lowering it.
    /// </summary>
    public ulong SeedHorizon { get; } = seedHorizon;

    /// <inheritdoc/>
    public int Compare(Envelope? x, Envelope? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int order = x.DeliverAt.CompareTo(y.DeliverAt);
        if (order == 0 && x.From != y.From)
        {
            order = CompareSources(x.From, y.From, x.DeliverAt, IsPermuted(x.DeliverAt));
        }

        return order != 0 ? order : x.Sequence.CompareTo(y.Sequence);
    }

    /// <summary>Puts initiators into the order in which they run in one round.</summary>
    /// <param name="initiators">Agent numbers; sorted in place.</param>
    /// <param name="round">Number of the round.</param>
    /// <param name="at">Virtual time of the round: the start of its window, ns.</param>
    public void SortRound(List<int> initiators, ulong round, ulong at)
    {
        ArgumentNullException.ThrowIfNull(initiators);
        bool permuted = IsPermuted(at);
        initiators.Sort((a, b) => CompareSources(a, b, round, permuted));
    }

    /// <summary>Latency of one message, ns, within the range of its link.</summary>
    /// <param name="minimum">Shortest latency, ns; seed 0 always gives it.</param>
    /// <param name="maximum">Longest latency, ns.</param>
    /// <param name="from">Sender.</param>
    /// <param name="sequence">The sender's count.</param>
    /// <param name="sentAt">Virtual time of sending, ns.</param>
    public ulong Latency(ulong minimum, ulong maximum, int from, long sequence, ulong sentAt) =>
        !IsPermuted(sentAt) || maximum <= minimum ? minimum : minimum + (Mix(Seed ^ 0x6C61_7465_6E63_79UL, (ulong)from, (ulong)sequence) % (maximum - minimum + 1));

    /// <summary>
    /// A seeded coin for what is no matter of order, such as an injected fault. It has no horizon, and seed 0 tosses it too: a fault
    /// belongs to the SoC, not to the schedule.
    /// </summary>
    /// <param name="stream">Which coin.</param>
    /// <param name="from">The agent that tosses it.</param>
    /// <param name="count">How often that agent has tossed this coin.</param>
    /// <param name="probability">0 for never, 1 for always.</param>
    public bool Toss(int stream, int from, ulong count, double probability) =>
        (Mix(Seed ^ 0x636F_696EUL, ((ulong)stream << 32) | (uint)from, count) >> 11) * (1.0 / (1UL << 53)) < probability;

    private bool IsPermuted(ulong at) => Seed != 0 && at < SeedHorizon;

    private int CompareSources(int a, int b, ulong moment, bool permuted)
    {
        if (permuted)
        {
            int order = Mix(Seed, moment, (ulong)a).CompareTo(Mix(Seed, moment, (ulong)b));
            if (order != 0)
            {
                return order;
            }
        }

        return a.CompareTo(b);
    }

    /// <summary>Three rounds of a 64-bit finalizer; fixed for ever, because recorded runs depend on it.</summary>
    private static ulong Mix(ulong a, ulong b, ulong c)
    {
        ulong x = Finalize(a + 0x9E37_79B9_7F4A_7C15UL);
        x = Finalize(x ^ b);
        return Finalize(x ^ (c + 0x9E37_79B9_7F4A_7C15UL));
    }

    private static ulong Finalize(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return x ^ (x >> 31);
    }
}
