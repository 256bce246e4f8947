using Soc.Actors.Messages;
using Soc.Devices;
using Soc.Iommu;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns a device with DMA: its registers are served as messages, its work runs in slices like a hart's instructions. Behind an IOMMU it
/// also owns the translations that the device keeps: it asks for those that are missing, and drops what the IOMMU tells it to.
/// </summary>
internal abstract class TranslatedInitiatorActor(AgentServices services, ITranslatedModel model, Inbox inbox, EventRing? ring, Assembly assembly)
    : InitiatorActor(services, model, inbox, ring, assembly)
{
    private readonly EventRing? _ring = ring;

    // What may be answered only when the access that is under way with an old translation has been answered itself.
    private readonly List<(int To, IAgentMessage Message)> _afterTransaction = [];
    private TranslationAsk? _asked;
    private ulong _askedAt;

    /// <summary>What translates the device's addresses.</summary>
    protected IommuTranslator Translator =>
        model.Translator ?? throw new InvalidOperationException($"{Name} stands behind no IOMMU");

    private string Name => model.Initiator.Name;

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
                Handle(response);
                break;
            default:
                throw new InvalidOperationException($"{Name} cannot handle {envelope.Message}");
        }
    }

    /// <inheritdoc/>
    protected override void RaiseDueTimers(ulong now)
    {
        // Such a device has no timer.
    }

    /// <inheritdoc/>
    protected override void Issue()
    {
        if (!model.AwaitsTranslation)
        {
            base.Issue();
            return;
        }

        Waiting = true;
        _askedAt = Now;
        if (Translator.Tlb.Pending is not { } question)
        {
            throw new InvalidOperationException($"{Name} waits for a translation that nobody asked for");
        }

        (ulong value, int size) = model.PendingStore;
        _asked = TranslationAsk.Of(AgentId, question, size, value);
        Fabric.Send(AgentId, Translator.Iommu, Now, _asked);
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

    /// <summary>Executes an access of the device's registers.</summary>
    protected abstract DeviceAnswer Access(in BusAccess access, ulong value);

    /// <summary>The answer to a page request of the device.</summary>
    protected virtual void Handle(PageResponse response) => throw new InvalidOperationException($"{Name} asks for no pages");

    private void Serve(RegisterAccess message)
    {
        var access = new BusAccess(
            message.Offset, message.Size, message.Kind, TransactionAttributes.FromBits(message.Attributes), message.PhysicalAddress, model.Initiator);
        DeviceAnswer answer = Access(access, message.Value);
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
            model.DropTranslations();
        }

        Waiting = false;
        model.CompleteTranslation();
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
            model.DropTranslations();
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
        if (waits && model.HasTransaction)
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
