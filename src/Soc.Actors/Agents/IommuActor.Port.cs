using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Iommu;
using Soc.Memory.Observation;

namespace Soc.Actors.Agents;

/// <content>What the model asks of its owner: messages to devices, and what is counted of them.</content>
internal sealed partial class IommuActor
{
    // Ids of what waits for acknowledgements: three counts in one tracker.
    private const int KindShift = 40;

    private readonly List<int> _recipients = [];
    private ulong _stamp;
    private ulong _drain;
    private ulong _atsRequests;
    private ulong _cycle;
    private ulong _commands;
    private ulong _cycleCommands;
    private ulong _cycleMessages;
    private ulong _cycleDoorbell;
    private ulong _cycleDoorbells;
    private ulong _countedDoorbell;
    private ulong _doorbells;
    private ulong _doorbell;
    private ulong _fetched;
    private bool _isOpen;

    /// <summary>The trace of the cycle of commands under way, from the first command after an IOFENCE.C to the next one; 0 outside.</summary>
    private ulong Change => _isOpen ? ModelEvent.ChangeId(AgentId, _cycle) : 0;

    /// <inheritdoc/>
    public bool Invalidate(in IommuInvalidation invalidation, ulong epoch)
    {
        _stamp++;
        _unit.Sanitizer?.OnInvalidation(invalidation, epoch);
        _recipients.Clear();
        if (invalidation.DeviceValid)
        {
            // Only the device itself holds translations of its own id.
            if (_devices.TryGetValue(invalidation.DeviceId, out int holder) && _holders.Contains(holder))
            {
                _recipients.Add(holder);
            }
        }
        else
        {
            _recipients.AddRange(_holders);
        }

        return Request(
            InvalidationId(epoch), 0, epoch, IommuInvalidate.Of(Change, AgentId, epoch, _stamp, invalidation)).IsComplete;
    }

    /// <inheritdoc/>
    public bool Order(bool reads, bool writes)
    {
        _drain++;
        _recipients.Clear();
        _recipients.AddRange(_holders);
        return Request(DrainId(_drain), 2, _drain, new IommuDrain(Change, AgentId, _drain, reads, writes)).IsComplete;
    }

    /// <inheritdoc/>
    public void Send(in AtsMessage message)
    {
        uint device = message.RequesterId | (message.SegmentValid ? (uint)message.Segment << 16 : 0);
        bool known = _devices.TryGetValue(device, out int agent);
        if (message.Kind == AtsMessageKind.PageRequestGroupResponse)
        {
            if (known)
            {
                Send(agent, new PageResponse(device, (int)(message.Payload >> 32) & 0x1FF, (int)(message.Payload >> 44) & 0xF));
            }

            return;
        }

        if (!known)
        {
            // Nobody will ever answer: the timeout of the protocol, at once.
            Model.ExpireInvalidations(1u << message.Tag);
            return;
        }

        _stamp++;
        _atsRequests++;
        _unit.Sanitizer?.OnAtsInvalidation(device, _atsRequests);
        _recipients.Clear();
        _recipients.Add(agent);
        Request(AtsId(_atsRequests), 1, _atsRequests, new AtsInvalidate(
            Change, AgentId, message.Tag, _atsRequests, _stamp, device, message.HasProcessId ? (int)message.ProcessId : -1, message.Payload));
    }

    /// <inheritdoc/>
    public void SetWire(int vector, bool level)
    {
        // The unit is wired itself.
    }

    /// <inheritdoc/>
    public void OnCommand(ulong word0, ulong word1, uint index)
    {
        Spend(Services.RegisterCost);
        _commands++;
        _fetched = Now;
        if (!_isOpen)
        {
            _isOpen = true;
            _cycle++;
            _cycleCommands = 0;
            _cycleMessages = 0;
            _cycleDoorbell = _doorbell;
            _cycleDoorbells = 0;
        }

        if (_writer >= 0 && _countedDoorbell != _doorbells)
        {
            // The write that is being served carries the id of this cycle (see Serve).
            _countedDoorbell = _doorbells;
            _cycleDoorbells++;
        }

        _cycleCommands++;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.IommuCommand,
            Source = (ushort)AgentId,
            Correlation = Change,
            Start = Math.Min(_doorbell, Now),
            End = Now,
            Kind = (byte)(word0 & 0x7F),
            Flags = (byte)((word0 >> 7) & 7),
            Index = (ushort)index,
            A = word0,
            B = word1,
            C = _cycleCommands,
            D = _writer < 0 ? ModelEvent.NoAgent : (ulong)_writer,
        });
    }

    /// <inheritdoc/>
    public void OnFence()
    {
        _counters.Fences++;
        _unit.Sanitizer?.OnFence();
        _counters.FenceLatency.Add(Now - Math.Min(Now, _fetched));
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.IommuFence,
            Source = (ushort)AgentId,
            Correlation = Change,
            Start = Math.Min(_fetched, Now),
            End = Now,
            Index = (ushort)Math.Min(_cycleCommands, ushort.MaxValue),
            A = _cycleMessages,
            B = _cycleDoorbell,
            C = _cycleDoorbells,
        });
        _isOpen = false;
    }

    private static ulong InvalidationId(ulong epoch) => epoch;

    private static ulong AtsId(ulong number) => (1UL << KindShift) + number;

    private static ulong DrainId(ulong number) => (2UL << KindShift) + number;

    private PendingChange Request(ulong id, byte kind, ulong number, IAgentMessage message)
    {
        PendingChange pending = _counters.Changes.Begin(id, -1, number, Now, _recipients);
        foreach (int recipient in _recipients)
        {
            Send(recipient, message);
            _counters.Sent++;
            _cycleMessages++;
            _ring?.TryWrite(new ModelEvent
            {
                Type = ModelEventType.IommuInvalidateSent,
                Source = (ushort)AgentId,
                Correlation = Change,
                Start = Now,
                End = Now,
                Kind = kind,
                A = (ulong)recipient,
                B = number,
            });
        }

        return pending;
    }

    /// <summary>Counts an acknowledgement; duplicates and strangers are ignored (rule M9).</summary>
    /// <returns>Whether it was the last of its message.</returns>
    private bool Acknowledge(ulong id, byte kind, ulong number, ulong change, int from, int scanned, int dropped, bool parked)
    {
        if (!_counters.Changes.Acknowledge(id, from, out PendingChange? pending) || pending is null)
        {
            return false;
        }

        _counters.Acknowledged++;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.IommuAcknowledged,
            Source = (ushort)AgentId,
            Correlation = change,
            Start = pending.CommittedAt,
            End = Now,
            Kind = kind,
            Flags = parked ? ModelEvent.Parked : (byte)0,
            A = (ulong)from,
            B = number,
            C = (ulong)scanned,
            D = (ulong)dropped,
        });
        if (!pending.IsComplete)
        {
            return false;
        }

        if (kind != 2)
        {
            _counters.InvalidationLatency.Add(Now - pending.CommittedAt);
        }

        if (kind == 0)
        {
            Model.Acknowledge(number);
        }
        else if (kind == 2 && number == _drain)
        {
            Model.OrderingDone();
        }

        return true;
    }
}
