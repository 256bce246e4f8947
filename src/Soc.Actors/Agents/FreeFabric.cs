using Akka.Actor;
using Soc.Actors.Messages;

namespace Soc.Actors.Agents;

/// <summary>Delivers at once: initiators through their inbox (and a wake-up when parked), checkers through their mailbox.</summary>
/// <param name="agents">Number of agents.</param>
internal sealed class FreeFabric(int agents) : IFabric
{
    private readonly Inbox?[] _inboxes = new Inbox?[agents];
    private readonly IActorRef?[] _actors = new IActorRef?[agents];
    private readonly long[] _sequences = new long[agents];

    /// <summary>Makes an agent reachable; done for all before the first runs.</summary>
    public void Connect(int agent, IActorRef actor, Inbox? inbox)
    {
        _actors[agent] = actor;
        _inboxes[agent] = inbox;
    }

    /// <inheritdoc/>
    public void Send(int from, int to, ulong sentAt, IAgentMessage message)
    {
        var envelope = new Envelope(sentAt, from, Interlocked.Increment(ref _sequences[from]), to, sentAt, message);
        if (_inboxes[to] is { } inbox)
        {
            inbox.Post(envelope);
        }
        else
        {
            _actors[to]!.Tell(envelope, ActorRefs.NoSender);
        }
    }
}
