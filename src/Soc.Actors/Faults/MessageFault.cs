using Soc.Actors.Messages;
using Soc.Actors.Time;
using Soc.Topology;

namespace Soc.Actors.Faults;

/// <summary>
/// One fault of messages, with its counts. Counts are kept for each sender, so that in lockstep the same messages are hit in every
/// run, and senders of a parallel round share nothing.
/// </summary>
internal sealed class MessageFault
{
    private readonly int _stream;
    private readonly int? _from;
    private readonly int? _to;
    private readonly ulong[] _seen;
    private readonly ulong[] _injected;

    /// <summary>Makes the fault of one description.</summary>
    /// <param name="description">What to inject.</param>
    /// <param name="stream">Number of the fault: each tosses a coin of its own.</param>
    /// <param name="agents">All agents, by number.</param>
    public MessageFault(FaultDescription description, int stream, IReadOnlyList<AgentInfo> agents)
    {
        Description = description;
        _stream = stream;
        _from = NumberOf(description.From, agents);
        _to = NumberOf(description.To, agents);
        _seen = new ulong[agents.Count];
        _injected = new ulong[agents.Count];
    }

    /// <summary>What to inject.</summary>
    public FaultDescription Description { get; }

    /// <summary>How often it was injected; read after the run.</summary>
    public ulong Injected => _injected.Aggregate(0UL, (sum, count) => sum + count);

    /// <summary>Looks at one message and counts it. True when the fault happens to it.</summary>
    public bool Hits(int from, int to, IAgentMessage message, EventOrder order)
    {
        bool matches = Description.Message switch
        {
            FaultMessage.Invalidate => message is Invalidate or IommuInvalidate or AtsInvalidate,
            FaultMessage.InvalidateAck => message is InvalidateAck or IommuInvalidateAck or AtsInvalidated,
            _ => false,
        };
        if (!matches || (_from ?? from) != from || (_to ?? to) != to)
        {
            return false;
        }

        ulong count = ++_seen[from];
        return (Description.Nth == 0 || count == (ulong)Description.Nth)
            && (Description.Probability >= 1 || order.Toss(_stream, from, count, Description.Probability));
    }

    /// <summary>Counts that it was injected.</summary>
    public void Count(int from) => _injected[from]++;

    private static int? NumberOf(string? name, IReadOnlyList<AgentInfo> agents)
    {
        if (name is null)
        {
            return null;
        }

        foreach (AgentInfo agent in agents)
        {
            if (agent.Name == name)
            {
                return agent.Id;
            }
        }

        throw new InvalidOperationException($"a fault names '{name}', which is no agent");
    }
}
