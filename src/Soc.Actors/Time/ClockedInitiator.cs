using Akka.Actor;
using Soc.Actors.Agents;

namespace Soc.Actors.Time;

/// <summary>What the clock knows of an initiator.</summary>
/// <param name="agent">Agent number; also its place in the clock's list.</param>
/// <param name="actor">Its actor.</param>
/// <param name="inbox">Its inbox.</param>
internal sealed class ClockedInitiator(int agent, IActorRef actor, Inbox inbox)
{
    /// <summary>Agent number.</summary>
    public int Agent { get; } = agent;

    /// <summary>Its actor.</summary>
    public IActorRef Actor { get; } = actor;

    /// <summary>Its inbox.</summary>
    public Inbox Inbox { get; } = inbox;

    /// <summary>Virtual time from which it wants a turn, ns.</summary>
    public ulong WantsAt { get; set; }
}
