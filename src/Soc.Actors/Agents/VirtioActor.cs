using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Devices;
using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>Owns a virtio device: its registers are served as messages, its requests run in slices like a hart's instructions.</summary>
internal sealed class VirtioActor(AgentServices services, VirtioModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : InitiatorActor(services, model, inbox, ring, assembly)
{
    /// <summary>How to make one.</summary>
    public static Props Props(AgentServices services, VirtioModel model, Inbox inbox, EventRing? ring, Assembly assembly) =>
        Akka.Actor.Props.Create(() => new VirtioActor(services, model, inbox, ring, assembly));

    /// <inheritdoc/>
    protected override void Handle(Envelope envelope)
    {
        if (envelope.Message is not RegisterAccess message)
        {
            throw new InvalidOperationException($"{model.Device.Name} cannot handle {envelope.Message}");
        }

        var access = new BusAccess(
            message.Offset, message.Size, message.Kind, TransactionAttributes.FromBits(message.Attributes), message.PhysicalAddress, model.Device);
        DeviceAnswer answer = model.Device.Access(access, message.Value);
        Fabric.Send(AgentId, message.Initiator, Now + RegisterCost, new RegisterDone(answer.Result, answer.Value, 0));
    }

    /// <inheritdoc/>
    protected override void RaiseDueTimers(ulong now)
    {
        // The device has no timer.
    }
}
