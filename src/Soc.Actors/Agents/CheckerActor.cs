using Akka.Actor;
using Soc.Actors.Messages;
using Soc.Actors.Protocol;
using Soc.Actors.Refusals;
using Soc.Actors.Time;
using Soc.Checkers;
using Soc.Memory;
using Soc.Memory.Observation;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>
/// Owns a checker's register file. A register write that changes the configuration commits a snapshot, sends Invalidate to
/// every registered initiator, and completes for the writer when all have acknowledged (design.md section 3; rules M1, M2, M7).
/// </summary>
internal sealed class CheckerActor : ReceiveActor, IInitiator
{
    private readonly AgentServices _services;
    private readonly Checker _checker;
    private readonly EventRing? _ring;
    private readonly Sanitizer? _sanitizer;
    private readonly RefusalLog? _refusals;
    private readonly bool _acknowledged;
    private readonly CheckerCounters _counters;
    private readonly ChangeTracker _changes;
    private readonly List<int> _recipients = [];
    private readonly Dictionary<int, HeldInitiator> _origins = [];

    // Changes of which the checker wants to hear the end, by id, with its own number for them.
    private readonly Dictionary<ulong, long> _awaited = [];

    // Changes whose writer waits for the end.
    private readonly HashSet<ulong> _owed = [];
    private readonly Inbox? _inbox;
    private ulong _changeCount;
    private ulong _lastDelivery;
    private ulong _now;

    public CheckerActor(AgentServices services, Checker checker, EventRing? ring, bool acknowledged, CheckerCounters counters, Action<bool, IInitiator>? interrupt,
        Sanitizer? sanitizer = null, Inbox? inbox = null, AddressSpace? bus = null, RefusalLog? refusals = null)
    {
        _services = services;
        _checker = checker;
        _ring = ring;
        _sanitizer = sanitizer;
        _refusals = refusals;
        _acknowledged = acknowledged;
        _inbox = inbox;
        _counters = counters;
        _changes = counters.Changes;
        counters.IsAwaited = acknowledged;
        checker.ReportsAcknowledgements = true;
        if (interrupt is not null)
        {
            checker.InterruptChanged = level => interrupt(level, this);
        }

        if (inbox is not null)
        {
            IActorRef self = Self;
            inbox.Wake = () => self.Tell(Continue.Instance, ActorRefs.NoSender);
            Receive<Continue>(_ => ServeInbox());
        }

        TransactionAttributes attributes = TransactionAttributes.Specified.WithRequester((uint)checker.AgentId);
        checker.SendMessage = bus is null ? null : (address, data) => bus.Write(this, address, 4, attributes, data) == AccessResult.Ok;
        Receive<Deliver>(deliver =>
        {
            Handle(deliver.Envelope);
            Sender.Tell(new Handled(_checker.AgentId));
        });
        Receive<LookForOverdue>(look =>
        {
            if (look.Watch.Overdue(_counters, _services.HostClock!.Now) is { } end)
            {
                Sender.Tell(end);
            }
        });
        Receive<Stop>(_ =>
        {
            // Nobody posts any more: what is there is all there will be.
            Drain();
            Sender.Tell(new Stopped(_checker.AgentId));
        });
    }

    /// <inheritdoc/>
    public int InitiatorId => _checker.AgentId;

    /// <inheritdoc/>
    public string Name => _checker.Name;

    /// <inheritdoc/>
    public ulong Now => _now;

    /// <summary>How to make one.</summary>
    public static Props Props(
        AgentServices services, Checker checker, EventRing? ring, bool acknowledged, CheckerCounters counters, Action<bool, IInitiator>? interrupt,
        Sanitizer? sanitizer = null, Inbox? inbox = null, AddressSpace? bus = null, RefusalLog? refusals = null) =>
        Akka.Actor.Props.Create(() => new CheckerActor(services, checker, ring, acknowledged, counters, interrupt, sanitizer, inbox, bus, refusals));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_inbox is not null)
        {
            ServeInbox();
        }
    }

    /// <summary>
    /// Free mode: one turn takes all that waits. A message a turn would put each acknowledgement of a round behind a slice of
    /// every busy initiator.
    /// </summary>
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

    private void Handle(Envelope envelope)
    {
        if (envelope.Message is ViolationReport report)
        {
            Record(report, envelope.SentAt);
            return;
        }

        if (_services.IsFree)
        {
            _now = _services.HostClock!.Now;
        }
        else
        {
            _counters.Skew = Math.Max(_counters.Skew, _lastDelivery - Math.Min(_lastDelivery, envelope.DeliverAt));
            _lastDelivery = Math.Max(_lastDelivery, envelope.DeliverAt);
            _now = Math.Max(_now, envelope.DeliverAt);
        }

        switch (envelope.Message)
        {
            case RegisterAccess access:
                Serve(access);
                break;
            case InvalidateAck ack:
                Acknowledge(ack);
                break;
            default:
                throw new InvalidOperationException($"{Name} cannot handle {envelope.Message}");
        }
    }

    /// <summary>
    /// Enters a refusal into the error record. Its time is the reporter's, which may be ahead of ours: it holds for the interrupt
    /// that the record may raise, but does not make the registers late for others.
    /// </summary>
    private void Record(ViolationReport report, ulong time)
    {
        ulong now = _now;
        _now = Math.Max(now, time);
        var violation = new Violation(
            _checker.AgentId, report.PhysicalAddress, report.Size, TransactionAttributes.FromBits(report.Attributes), report.Kind,
            report.BusError, report.Interrupt, report.Detail, report.Initiator, time);
        bool recorded = _checker.Record(violation);
        _refusals?.Settle(_checker.AgentId, report.Initiator, recorded ? _checker.DescribeRecord(violation) : null);
        _now = now;
    }

    private void Serve(RegisterAccess message)
    {
        if (_sanitizer is null)
        {
            ServeAlone(message);
            return;
        }

        // No access comes between the commit and the note of it.
        lock (_sanitizer.Gate)
        {
            ServeAlone(message);
        }
    }

    private void ServeAlone(RegisterAccess message)
    {
        ulong arrived = _now;
        _now = _services.HostClock?.Now ?? _now + _services.RegisterCost;
        var access = new BusAccess(
            message.Offset, message.Size, message.Kind, TransactionAttributes.FromBits(message.Attributes), message.PhysicalAddress,
            OnBehalfOf(message.Initiator));
        Answer(message, _checker.Access(access, message.Value), arrived);
        Release();
    }

    /// <summary>Answers the accesses that a checker has held until now, in the order in which they came.</summary>
    private void Release()
    {
        foreach (HeldAccess held in _checker.TakeReleased())
        {
            RegisterOutcome outcome = _checker.Access(held.Access, held.Value);
            if ((outcome.Result & AccessResult.Pending) == 0)
            {
                Reply(((HeldInitiator)held.Access.Initiator).Origin, new RegisterDone(outcome.Result, outcome.Value, 0));
            }
        }
    }

    private HeldInitiator OnBehalfOf(int initiator)
    {
        if (!_origins.TryGetValue(initiator, out HeldInitiator? origin))
        {
            origin = new HeldInitiator(this, initiator);
            _origins.Add(initiator, origin);
        }

        return origin;
    }

    private void Answer(RegisterAccess message, RegisterOutcome outcome, ulong arrived)
    {
        if ((outcome.Result & AccessResult.Pending) != 0)
        {
            // The checker stalls the access: the initiator waits until it is released.
            return;
        }

        if (outcome.Scope is not { } scope)
        {
            Reply(message.Initiator, new RegisterDone(outcome.Result, outcome.Value, 0));
            return;
        }

        // The snapshot is published (M1); whoever may hold an old answer had registered before reading it (M2).
        ulong change = ModelEvent.ChangeId(_checker.AgentId, ++_changeCount);
        (outcome.Recipients ?? _checker.Registry).Recipients(scope.Indexes, _recipients);
        _counters.Commits++;
        _counters.Sent += (ulong)_recipients.Count;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.Commit,
            Source = (ushort)_checker.AgentId,
            Correlation = change,
            Start = arrived,
            End = _now,
            Kind = (byte)scope.Kinds,
            Index = (ushort)_recipients.Count,
            A = scope.First,
            B = scope.Last,
            C = scope.Indexes,
            D = _changeCount,
        });
        _sanitizer?.OnCommit(
            change, _checker.AgentId, Name, scope, message.Initiator, message.Offset, message.Value, _now, _recipients);
        PendingChange pending = _changes.Begin(change, message.Initiator, _changeCount, _now, _recipients);
        if (outcome.Change != 0)
        {
            _awaited.Add(change, outcome.Change);
        }

        var invalidate = new Invalidate(
            change, _checker.AgentId, _changeCount, scope.First, scope.Last, scope.Indexes, scope.Kinds, Invalidate.Pack(outcome.Parts));
        foreach (int recipient in _recipients)
        {
            _services.Fabric.Send(_checker.AgentId, recipient, _now, invalidate);
            _ring?.TryWrite(new ModelEvent
            {
                Type = ModelEventType.InvalidateSent,
                Source = (ushort)_checker.AgentId,
                Correlation = change,
                Start = _now,
                End = _now,
                A = (ulong)recipient,
                B = _now,
            });
        }

        bool repliesAtOnce = outcome.CompletesAtOnce || !_acknowledged;
        if (pending.IsComplete || repliesAtOnce)
        {
            Reply(message.Initiator, new RegisterDone(outcome.Result, outcome.Value, change));
        }
        else
        {
            _owed.Add(change);
        }

        if (pending.IsComplete)
        {
            Complete(pending);
        }
    }

    private void Acknowledge(InvalidateAck ack)
    {
        if (!_changes.Acknowledge(ack.Change, ack.Initiator, out PendingChange? change) || change is null)
        {
            return;
        }

        _counters.Acknowledged++;
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.InvalidateAcknowledged,
            Source = (ushort)_checker.AgentId,
            Correlation = ack.Change,
            Start = change.CommittedAt,
            End = _now,
            Flags = ack.Parked ? ModelEvent.Parked : (byte)0,
            A = (ulong)ack.Initiator,
            B = ack.RearmedAt,
            C = (ulong)ack.Scanned,
            D = (ulong)ack.Rearmed,
        });
        if (change.IsComplete)
        {
            Complete(change);
            if (_owed.Remove(change.Id))
            {
                Reply(change.Initiator, new RegisterDone(AccessResult.Ok, 0, change.Id));
            }
        }
    }

    private void Complete(PendingChange change)
    {
        _counters.Latency.Add(_now - change.CommittedAt);
        _ring?.TryWrite(new ModelEvent
        {
            Type = ModelEventType.ChangeCompleted,
            Source = (ushort)_checker.AgentId,
            Correlation = change.Id,
            Start = change.CommittedAt,
            End = _now,
            Index = (ushort)change.Recipients,
            A = (ulong)(long)change.Initiator,
            B = _acknowledged ? (ulong)change.Recipients : 0,
            D = change.Epoch,
        });
        if (_awaited.Remove(change.Id, out long number))
        {
            _checker.ChangeAcknowledged(number);
            Release();
        }
    }

    private void Reply(int initiator, RegisterDone done) => _services.Fabric.Send(_checker.AgentId, initiator, _now, done);
}
