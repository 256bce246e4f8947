using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>
/// Collects what an agent sends during its turn; the clock takes it when the turn is over and hands it out in the total
/// order. One outbox per agent, so agents of a parallel round share nothing.
/// </summary>
/// <param name="agents">Number of agents.</param>
/// <param name="order">The total order.</param>
/// <param name="latency">Link latency, ns.</param>
internal sealed class LockstepFabric(int agents, EventOrder order, LatencyRange latency) : IFabric
{
    private readonly List<Envelope>[] _outboxes = [.. Enumerable.Range(0, agents).Select(_ => new List<Envelope>())];
    private readonly long[] _sequences = new long[agents];
    private readonly Dictionary<int, ulong>[] _lastDelivery = [.. Enumerable.Range(0, agents).Select(_ => new Dictionary<int, ulong>())];

    /// <inheritdoc/>
    public void Send(int from, int to, ulong sentAt, IAgentMessage message)
    {
        long sequence = ++_sequences[from];
        if (message is ViolationReport)
        {
            // The refused access itself was at the checker: the report takes no link (see ClockActor).
            _outboxes[from].Add(new Envelope(sentAt, from, sequence, to, sentAt, message));
            return;
        }

        ulong at = sentAt + order.Latency(latency.Minimum, latency.Maximum, from, sequence, sentAt);

        // FIFO between two agents, whatever latency the seed gave (rule M10).
        if (_lastDelivery[from].TryGetValue(to, out ulong last) && at < last)
        {
            at = last;
        }

        _lastDelivery[from][to] = at;
        _outboxes[from].Add(new Envelope(at, from, sequence, to, sentAt, message));
    }

    /// <inheritdoc/>
    public void SendLate(int from, int to, ulong sentAt, IAgentMessage message, ulong by, bool overtaken)
    {
        if (!overtaken)
        {
            Send(from, to, sentAt + by, message);
            return;
        }

        long sequence = ++_sequences[from];
        ulong at = sentAt + by + order.Latency(latency.Minimum, latency.Maximum, from, sequence, sentAt);
        _outboxes[from].Add(new Envelope(at, from, sequence, to, sentAt, message));
    }

    /// <inheritdoc/>
    public bool HasSent(int from) => _outboxes[from].Count > 0;

    /// <summary>What the agent sent in its turn, in order; cleared by the caller.</summary>
    public List<Envelope> OutboxOf(int agent) => _outboxes[agent];
}
