using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Devices;
using Soc.Devices.Dma;
using Soc.Iommu;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns a DMA engine: its registers are served as messages, its copies run in slices like a hart's instructions. Behind an IOMMU it
/// also owns the translations that the engine keeps: it asks for those that are missing, and drops what the IOMMU tells it to.
/// </summary>
internal sealed class DmaActor(AgentServices services, DmaModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : InitiatorActor(services, model, inbox, ring, assembly)
{
    private readonly EventRing? _ring = ring;

    // What may be answered only when the access that is under way with an old translation has been answered itself.
    private readonly List<(int To, IAgentMessage Message)> _afterTransaction = [];
    private TranslationAsk? _asked;
    private ulong _askedAt;

    private DmaEngine Engine => model.Engine;

    private IommuTranslator Translator =>
        model.Translator ?? throw new InvalidOperationException($"{Engine.Name} stands behind no IOMMU");

    /// <summary>How to make one.</summary>
    public static Props Props(AgentServices services, DmaModel model, Inbox inbox, EventRing? ring, Assembly assembly) =>
        Akka.Actor.Props.Create(() => new DmaActor(services, model, inbox, ring, assembly));

    /// <inheritdoc/>
    protected override void Handle(Envelope envelope)
    {
        switch (envelope.Message)
        {
            case RegisterAccess access:
                Serve(access);
                break;
            case TranslationDone answer:
                Complete(answer);
                break;
            case IommuInvalidate invalidate:
                Drop(invalidate);
                break;
            case AtsInvalidate invalidate:
                Drop(invalidate);
                break;
            case IommuDrain drain:
                Trace(drain.Change, 2, drain.Number, drain.Owner, 0, 0, IsAtRest);
                Answer(drain.Owner, new IommuDrained(drain.Change, drain.Number, AgentId), waits: true);
                break;
            case PageResponse response:
                Engine.AnswerPageRequest(response.Group, response.Code == (int)PageResponseCode.Success);
                break;
            default:
                throw new InvalidOperationException($"{Engine.Name} cannot handle {envelope.Message}");
        }
    }

    /// <inheritdoc/>
    protected override void RaiseDueTimers(ulong now)
    {
        // The engine has no timer.
    }

    /// <inheritdoc/>
    protected override void Issue()
    {
        if (!Engine.AwaitsTranslation)
        {
            base.Issue();
            return;
        }

        Waiting = true;
        _askedAt = Now;
        if (Translator.Tlb.Pending is not { } question)
        {
            throw new InvalidOperationException($"{Engine.Name} waits for a translation that nobody asked for");
        }

        (ulong value, int size) = Engine.PendingStore;
        _asked = TranslationAsk.Of(AgentId, question, size, value);
        Fabric.Send(AgentId, Translator.Iommu, Now, _asked);
    }

    /// <inheritdoc/>
    protected override void AfterSlice()
    {
        while (Engine.TryTakePageRequest(out DmaPageRequest request))
        {
            ulong payload = (request.Write ? 2UL : 1UL) | 4 | ((ulong)request.Channel << 3) | (request.Address & ~0xFFFUL);
            Fabric.Send(AgentId, Translator.Iommu, Now, new PageRequest(
                AgentId, request.DeviceId, payload, request.HasProcessId ? (int)request.ProcessId : -1, request.Supervisor));
        }
    }

    /// <inheritdoc/>
    protected override void AfterTransaction()
    {
        foreach ((int to, IAgentMessage message) in _afterTransaction)
        {
            Fabric.Send(AgentId, to, Now, message);
        }

        _afterTransaction.Clear();
    }

    private void Serve(RegisterAccess message)
    {
        var access = new BusAccess(
            message.Offset, message.Size, message.Kind, TransactionAttributes.FromBits(message.Attributes), message.PhysicalAddress, Engine);
        DmaAnswer answer = Engine.Access(access, message.Value);
        Fabric.Send(AgentId, message.Initiator, Now + RegisterCost, new RegisterDone(answer.Result, answer.Value, 0));
    }

    private void Complete(TranslationDone answer)
    {
        if (_asked is not { } asked)
        {
            // A duplicate (rule M9).
            return;
        }

        _asked = null;
        if (Translator.Tlb.Answer(answer.ToResponse(), answer.Stamp, answer.Consumed))
        {
            Engine.DropTranslations();
        }

        Waiting = false;
        Engine.CompleteTranslation();
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.IommuTranslation,
            Source = (ushort)AgentId,
            Start = _askedAt,
            End = Now,
            Kind = (byte)asked.Kind,
            Flags = asked.AddressType,
            Result = answer.Status,
            Index = (ushort)asked.DeviceId,
            A = asked.Iova,
            B = answer.Address,
            C = (ulong)answer.Reads,
            D = (ulong)Translator.Iommu,
        });
    }

    private void Drop(IommuInvalidate message)
    {
        DeviceTlb tlb = Translator.Tlb;
        ulong scanned = tlb.Statistics.Scanned;
        bool parked = IsAtRest;
        int dropped = Drop(() => tlb.Invalidate(message.ToInvalidation(), message.Stamp), ats: false, message.Epoch);
        scanned = tlb.Statistics.Scanned - scanned;
        Trace(message.Change, 0, message.Epoch, message.Owner, scanned, dropped, parked);

        // After a change of mode even accesses under way count: busy of ddtp is a drain (riscv-iommu.md section 2.3).
        Answer(
            message.Owner, new IommuInvalidateAck(message.Change, message.Epoch, AgentId, Now, (int)scanned, dropped, parked),
            waits: message.Kind == (byte)IommuInvalidationKind.Everything);
    }

    private void Drop(AtsInvalidate message)
    {
        DeviceTlb tlb = Translator.Tlb;
        var request = new AtsMessage(
            AtsMessageKind.InvalidateRequest, message.Tag, (ushort)message.DeviceId, false, 0, message.Process >= 0,
            message.Process >= 0 ? (uint)message.Process : 0, message.Payload);
        ulong scanned = tlb.Statistics.Scanned;
        bool parked = IsAtRest;
        int dropped = Drop(() => tlb.Invalidate(message.DeviceId, request, message.Stamp), ats: true, message.Number);
        scanned = tlb.Statistics.Scanned - scanned;
        Trace(message.Change, 1, message.Number, message.Owner, scanned, dropped, parked);

        // A function completes when no access with the old address is under way any more (PCIe, ATS, Invalidate Completion).
        Answer(
            message.Owner,
            new AtsInvalidated(message.Change, message.Number, message.Tag, message.DeviceId, AgentId, Now, (int)scanned, dropped, parked),
            waits: true);
    }

    private int Drop(Func<int> drop, bool ats, ulong number)
    {
        int dropped = drop();
        if (dropped > 0)
        {
            Engine.DropTranslations();
        }

        if (Translator.Sanitizer is { } sanitizer)
        {
            lock (sanitizer.Shared.Gate)
            {
                sanitizer.OnTakenIn(AgentId, ats, number);
            }
        }

        return dropped;
    }

    private void Answer(int to, IAgentMessage message, bool waits)
    {
        if (waits && Engine.HasTransaction)
        {
            _afterTransaction.Add((to, message));
            return;
        }

        Fabric.Send(AgentId, to, Now, message);
    }

    private void Trace(ulong change, byte kind, ulong number, int iommu, ulong scanned, int dropped, bool parked) =>
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.IommuInvalidated,
            Source = (ushort)AgentId,
            Correlation = change,
            Start = Now,
            End = Now,
            Kind = kind,
            Flags = parked ? ModelEvent.Parked : (byte)0,
            A = (ulong)iommu,
            B = number,
            C = scanned,
            D = (ulong)dropped,
        });
}
