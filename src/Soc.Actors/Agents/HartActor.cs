using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>Owns a hart.</summary>
internal sealed class HartActor(AgentServices services, HartModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : InitiatorActor(services, model, inbox, ring, assembly)
{
    /// <summary>How to make one.</summary>
    public static Props Props(AgentServices services, HartModel model, Inbox inbox, EventRing? ring, Assembly assembly) =>
        Akka.Actor.Props.Create(() => new HartActor(services, model, inbox, ring, assembly));

    /// <inheritdoc/>
    protected override void Handle(Envelope envelope)
    {
        switch (envelope.Message)
        {
            case InterruptLevel interrupt:
                model.SetLine(interrupt.Line, interrupt.Level, interrupt.Order);
                break;
            case TimerDeadline timer:
                model.SetTimer(timer.FireAt, timer.Order);
                break;
            case DeviceAlarm alarm:
                Ports.Ring(alarm, model.Hart);
                break;
            case ConsoleInput input:
                foreach (byte value in input.Bytes)
                {
                    Console?.Receive(value, model.Hart);
                }

                break;
            default:
                throw new InvalidOperationException($"{model.Hart.Name} cannot handle {envelope.Message}");
        }
    }

    /// <inheritdoc/>
    protected override void RaiseDueTimers(ulong now) => model.RaiseDueTimer(now);
}
