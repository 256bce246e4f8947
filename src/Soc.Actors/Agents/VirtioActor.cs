using Akka.Actor;
using Soc.Devices;
using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>Owns a virtio device.</summary>
internal sealed class VirtioActor(AgentServices services, VirtioModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : TranslatedInitiatorActor(services, model, inbox, ring, assembly)
{
    /// <summary>How to make one.</summary>
    public static Props Props(AgentServices services, VirtioModel model, Inbox inbox, EventRing? ring, Assembly assembly) =>
        Akka.Actor.Props.Create(() => new VirtioActor(services, model, inbox, ring, assembly));

    /// <inheritdoc/>
    protected override DeviceAnswer Access(in BusAccess access, ulong value) => model.Device.Access(access, value);
}
