using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Time;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns registers that others reach by messages, and never runs by itself: a checker, an IOMMU. In lockstep the clock hands out one
/// message at a time; in free mode an inbox holds them, and one turn takes all that waits, since a message a turn would put each
/// acknowledgement of a round behind a slice of every busy initiator.
/// </summary>
internal abstract class RegisterOwnerActor : ReceiveActor
{
    private readonly IChangeOwner _changes;
    private readonly Inbox? _inbox;
    private ulong _lastDelivery;

    protected RegisterOwnerActor(AgentServices services, int agentId, IChangeOwner changes, Inbox? inbox)
    {
        Services = services;
        AgentId = agentId;
        _changes = changes;
        _inbox = inbox;
        if (inbox is not null)
        {
            IActorRef self = Self;
            inbox.Wake = () => self.Tell(Continue.Instance, ActorRefs.NoSender);
            Receive<Continue>(_ => ServeInbox());
        }

        Receive<Deliver>(deliver =>
        {
            Handle(deliver.Envelope);
            Sender.Tell(new Handled(AgentId));
        });
        Receive<LookForOverdue>(look =>
        {
            if (look.Watch.Overdue(_changes, Services.HostClock!.Now) is { } end)
            {
                Sender.Tell(end);
            }
        });
        Receive<Stop>(_ =>
        {
            // Nobody posts any more: what is there is all there will be.
            Drain();
            Sender.Tell(new Stopped(AgentId));
        });
    }

    protected AgentServices Services { get; }

    protected int AgentId { get; }

    /// <summary>Virtual time of the owner, ns: never goes back.</summary>
    public ulong Now { get; protected set; }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_inbox is not null)
        {
            ServeInbox();
        }
    }

    /// <summary>Handles one message.</summary>
    protected abstract void Handle(Envelope envelope);

    /// <summary>Moves time on to a message's delivery, and counts how late it is after later ones.</summary>
    protected void AdvanceTo(Envelope envelope)
    {
        if (Services.IsFree)
        {
            Now = Services.HostClock!.Now;
            return;
        }

        _changes.Skew = Math.Max(_changes.Skew, _lastDelivery - Math.Min(_lastDelivery, envelope.DeliverAt));
        _lastDelivery = Math.Max(_lastDelivery, envelope.DeliverAt);
        Now = Math.Max(Now, envelope.DeliverAt);
    }

    /// <summary>Lets time pass in lockstep; in free mode the host's clock does.</summary>
    protected void Spend(ulong nanoseconds) => Now = Services.HostClock?.Now ?? Now + nanoseconds;

    /// <summary>Sends a message to an agent.</summary>
    protected void Send(int agent, IAgentMessage message) => Services.Fabric.Send(AgentId, agent, Now, message);

    private void ServeInbox()
    {
        _inbox!.BeginSlice();
        Drain();
        if (!_inbox.TryPark())
        {
            Self.Tell(Continue.Instance, ActorRefs.NoSender);
        }
    }

    private void Drain()
    {
        while (_inbox is not null && _inbox.TryTake(out Envelope? envelope))
        {
            Handle(envelope!);
        }
    }
}
