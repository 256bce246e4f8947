using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Iommu;
using Soc.Memory;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <summary>Owns a DMA engine. What such an engine has beside other devices behind an IOMMU are page requests.</summary>
internal sealed class DmaActor(AgentServices services, DmaModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : TranslatedInitiatorActor(services, model, inbox, ring, assembly)
{
    /// <summary>How to make one.</summary>
    public static Props Props(AgentServices services, DmaModel model, Inbox inbox, EventRing? ring, Assembly assembly) =>
        Akka.Actor.Props.Create(() => new DmaActor(services, model, inbox, ring, assembly));

    /// <inheritdoc/>
    protected override DeviceAnswer Access(in BusAccess access, ulong value) => model.Engine.Access(access, value);

    /// <inheritdoc/>
    protected override void Handle(PageResponse response) =>
        model.Engine.AnswerPageRequest(response.Group, response.Code == (int)PageResponseCode.Success);

    /// <inheritdoc/>
    protected override void AfterSlice()
    {
        while (model.Engine.TryTakePageRequest(out DmaPageRequest request))
        {
            ulong payload = (request.Write ? 2UL : 1UL) | 4 | ((ulong)request.Channel << 3) | (request.Address & ~0xFFFUL);
            Fabric.Send(AgentId, Translator.Iommu, Now, new PageRequest(
                AgentId, request.DeviceId, payload, request.HasProcessId ? (int)request.ProcessId : -1, request.Supervisor));
        }
    }
}
