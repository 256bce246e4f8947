using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Time;
using Soc.Iommu;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;
using Soc.Topology;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns an IOMMU: serves its registers, translates for devices, and carries its invalidations to whoever holds copies of its answers
/// (riscv-iommu.md section 18). One message is one step of the model, so a walk and a command never overlap; what a device was
/// answered before a command is dropped by that command's message, which follows on the same way (rule M10, race R4).
/// </summary>
internal sealed partial class IommuActor : RegisterOwnerActor, IIommuPort
{
    private readonly IommuUnit _unit;
    private readonly EventRing? _ring;
    private readonly Sanitizer? _sanitizer;
    private readonly IommuCounters _counters;
    private readonly IReadOnlyDictionary<uint, int> _devices;
    private readonly ulong _readCost;

    // Whoever was ever answered may hold copies: registered before the first answer, for good (rule M2).
    private readonly SortedSet<int> _holders = [];
    private int _writer = -1;

    public IommuActor(
        AgentServices services, IommuUnit unit, EventRing? ring, IommuCounters counters, IReadOnlyDictionary<uint, int> devices, ulong readCost,
        Sanitizer? sanitizer, Inbox? inbox)
        : base(services, unit.InitiatorId, counters, inbox)
    {
        _unit = unit;
        _ring = ring;
        _counters = counters;
        _devices = devices;
        _readCost = readCost;
        _sanitizer = sanitizer;
        unit.Port = this;
    }

    private RiscvIommu Model => _unit.Model;

    /// <summary>How to make one.</summary>
    /// <param name="services">What every agent is given.</param>
    /// <param name="unit">The IOMMU.</param>
    /// <param name="ring">Where its events go.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="devices">Agent number by device id.</param>
    /// <param name="readCost">Virtual ns of one memory read of a walk.</param>
    /// <param name="sanitizer">The sanitizer of the run.</param>
    /// <param name="inbox">Free mode: what others post.</param>
    public static Props Props(
        AgentServices services, IommuUnit unit, EventRing? ring, IommuCounters counters, IReadOnlyDictionary<uint, int> devices, ulong readCost,
        Sanitizer? sanitizer, Inbox? inbox) =>
        Akka.Actor.Props.Create(() => new IommuActor(services, unit, ring, counters, devices, readCost, sanitizer, inbox));

    /// <inheritdoc/>
    protected override void Handle(Envelope envelope)
    {
        AdvanceTo(envelope);
        if (_sanitizer is null)
        {
            Serve(envelope.Message);
            return;
        }

        // No access of a device comes between a walk or a command and the note of it.
        lock (_sanitizer.Gate)
        {
            Serve(envelope.Message);
        }
    }

    private void Serve(IAgentMessage message)
    {
        _unit.Now = Now;
        switch (message)
        {
            case RegisterAccess access:
                Serve(access);
                break;
            case TranslationAsk ask:
                Translate(ask);
                break;
            case IommuInvalidateAck ack:
                Acknowledge(InvalidationId(ack.Epoch), 0, ack.Epoch, ack.Change, ack.Initiator, ack.Scanned, ack.Dropped, ack.Parked);
                break;
            case AtsInvalidated done:
                if (Acknowledge(AtsId(done.Number), 1, done.Number, done.Change, done.Initiator, done.Scanned, done.Dropped, done.Parked))
                {
                    Model.CompleteInvalidation((ushort)done.DeviceId, (byte)(done.DeviceId >> 16), 1u << done.Tag, 1);
                }

                break;
            case IommuDrained drained:
                Acknowledge(DrainId(drained.Number), 2, drained.Number, drained.Change, drained.Initiator, 0, 0, parked: false);
                break;
            case PageRequest request:
                _holders.Add(request.Initiator);
                Model.HandlePageRequest(new PageRequestMessage((ushort)request.DeviceId, request.Payload)
                {
                    SegmentValid = request.DeviceId >> 16 != 0,
                    Segment = (byte)(request.DeviceId >> 16),
                    HasProcessId = request.Process >= 0,
                    ProcessId = request.Process >= 0 ? (uint)request.Process : 0,
                    Supervisor = request.Supervisor,
                });
                break;
            default:
                throw new InvalidOperationException($"{_unit.Name} cannot handle {message}");
        }
    }

    private void Serve(RegisterAccess access)
    {
        Spend(Services.RegisterCost);
        if (access.Kind != AccessKind.Store)
        {
            Send(access.Initiator, new RegisterDone(AccessResult.Ok, Model.ReadRegister(access.Offset, access.Size), 0));
            return;
        }

        _writer = access.Initiator;
        _doorbell = Now;
        _doorbells++;
        ulong commands = _commands;
        ulong cycle = _isOpen ? _cycle : _cycle + 1;
        Model.WriteRegister(access.Offset, access.Size, access.Value);
        _writer = -1;

        // The write belongs to the trace of the commands that it started.
        ulong change = _commands == commands ? 0 : ModelEvent.ChangeId(AgentId, cycle);
        Send(access.Initiator, new RegisterDone(AccessResult.Ok, 0, change));
    }

    private void Translate(TranslationAsk ask)
    {
        _holders.Add(ask.Initiator);
        IommuRequest request = ask.ToRequest();
        IommuResponse response = Model.Translate(request);
        bool consumed = false;
        if (response.Mrif is { } file && request is { Kind: AccessKind.Store, AddressType: IommuAddressType.Untranslated })
        {
            IommuStatus status = Model.StoreMrif(request, file, (uint)ask.Value, ask.Size);
            consumed = status == IommuStatus.Success;
            response = response with { Status = status };
        }
        else if (response.Mrif is not null && request.AddressType == IommuAddressType.Untranslated)
        {
            // There is no memory behind the file that a load could read.
            response = response with { Status = IommuStatus.UnsupportedRequest };
        }

        _counters.WalkReads.Add((ulong)response.Reads);
        Spend((ulong)response.Reads * _readCost);
        Send(ask.Initiator, TranslationDone.Of(response, _stamp, consumed));
    }

    /// <summary>Lets time pass for the model too.</summary>
    private new void Spend(ulong nanoseconds)
    {
        base.Spend(nanoseconds);
        _unit.Now = Now;
    }
}
